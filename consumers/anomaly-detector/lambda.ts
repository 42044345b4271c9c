/** The anomaly detector as a Lambda function. */
import { lambdaHandlerFor } from '../runtime/lambda-environment.ts'
import { composeAnomalyDetector } from './compose.ts'

export const handler = lambdaHandlerFor(composeAnomalyDetector, 'RETRACE_ANOMALY_DETECTOR_WINDOW_MS')

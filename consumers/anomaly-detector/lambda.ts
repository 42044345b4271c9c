/** The anomaly detector as a Lambda function. */
import { lambdaHandlerFor } from '../runtime/lambda-environment.ts'
import { composeAnomalyDetector } from './compose.ts'

// The judge goes by what is saved, and no schedule asks after silent shards: every batch is saved.
export const handler = lambdaHandlerFor(composeAnomalyDetector, { window: 'RETRACE_ANOMALY_DETECTOR_WINDOW_MS' })

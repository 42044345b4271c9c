/** The anomaly detector as a Lambda function. */
import { lambdaHandlerFor } from '../runtime/lambda-environment.ts'
import { composeAnomalyDetector } from './compose.ts'

// Its state is small, and no schedule asks after silent shards for it: every batch is saved.
export const handler = lambdaHandlerFor(composeAnomalyDetector, { window: 'RETRACE_ANOMALY_DETECTOR_WINDOW_MS' })

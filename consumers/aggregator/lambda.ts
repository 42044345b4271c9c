/** The aggregator as a Lambda function. */
import { lambdaHandlerFor } from '../runtime/lambda-environment.ts'
import { composeAggregator } from './compose.ts'

export const handler = lambdaHandlerFor(composeAggregator, {
  window: 'RETRACE_AGGREGATOR_WINDOW_MS',
  saveInterval: 'RETRACE_AGGREGATOR_SAVE_INTERVAL_MS',
})

/** The archiver as a Lambda function. */
import { lambdaHandlerFor } from '../runtime/lambda-environment.ts'
import { composeArchiver } from './compose.ts'

export const handler = lambdaHandlerFor(composeArchiver, { window: 'RETRACE_ARCHIVER_WINDOW_MS' })

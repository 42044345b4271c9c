/** The archiver as a Lambda function. */
import { lambdaHandlerFor } from '../runtime/lambda-environment.ts'
import { createArchiver } from './archiver.ts'

export const handler = lambdaHandlerFor(createArchiver, 'RETRACE_ARCHIVER_WINDOW_MS')

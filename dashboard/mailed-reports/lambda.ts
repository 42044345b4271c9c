/** The reporter as a Lambda function on a schedule: what its time does not suffice for is the next one's. */
import type { Context } from 'aws-lambda'
import { readSettings } from '../../stream/settings.ts'
import { createDynamoClient } from '../store/dynamo-client.ts'
import { composeReporter } from './compose.ts'

const reporter = composeReporter(createDynamoClient(), readSettings(process.env), Date.now)
/** One report takes some seconds to put together, and ten to send. */
const reserveMs = 30_000

/** @throws what kept reports from being made, for the function's error count; what a receiver says is no fault of ours */
export async function handler(_event: unknown, context: Context): Promise<{ sent: number; failed: number }> {
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs))
  const { sent, failed, faults } = await reporter.round(signal)
  if (faults.length > 0) throw new AggregateError(faults, faults.map((fault) => (fault as Error).message).join('; '))
  return { sent, failed }
}

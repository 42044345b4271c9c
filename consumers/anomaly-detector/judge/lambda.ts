/** The judge as a Lambda function on a schedule: what its time does not suffice for is the next one's. */
import type { Context } from 'aws-lambda'
import { consumerEnvironment } from '../../runtime/process.ts'
import { composeJudge } from '../compose.ts'

const judge = composeJudge(consumerEnvironment(process.env))
/** An hour of one site takes less. */
const reserveMs = 10_000

/**
 * @returns until when everything is judged
 * @throws what kept it from going on with a site, for the function's error count
 */
export async function handler(_event: unknown, context: Context): Promise<{ until: string }> {
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs))
  const { until, faults } = await judge.round(signal)
  if (faults.length > 0) {
    const sites = faults.map(({ site }) => site).join(', ')
    throw new AggregateError(
      faults.map(({ error }) => error),
      `minutes of ${faults.length} sites could not be judged: ${sites}`,
    )
  }
  return { until: new Date(until).toISOString() }
}

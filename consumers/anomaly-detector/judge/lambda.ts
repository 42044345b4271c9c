/** The judge as a Lambda function on a schedule, and the deliverer after it: what its time does not suffice for is the next one's. */
import type { Context } from 'aws-lambda'
import { consumerEnvironment } from '../../runtime/process.ts'
import { composeDeliverer, composeJudge } from '../compose.ts'

const environment = consumerEnvironment(process.env)
const judge = composeJudge(environment)
const deliverer = composeDeliverer(environment)
/** An hour of one site takes less than ten seconds, and deliveries have what is left. */
const judgeReserveMs = 30_000
/** A delivery that has begun takes ten seconds at most (compose.ts). */
const deliverReserveMs = 12_000

/**
 * @returns until when everything is judged
 * @throws what kept it from going on with a site, or from delivering, for the function's error count; what a receiver does is
 *   no fault of ours
 */
export async function handler(_event: unknown, context: Context): Promise<{ until: string }> {
  const judged = await judge.round(timeLeft(context, judgeReserveMs)).then(
    ({ until, faults }) => ({
      until,
      faults: faults.map(({ site, error }) => new Error(`minutes of ${site} could not be judged`, { cause: error })),
    }),
    (error: unknown) => ({ until: 0, faults: [error] }),
  )
  const delivered = await deliverer.round(timeLeft(context, deliverReserveMs)).catch((error: unknown) => ({
    faults: [error],
  }))
  const faults = [...judged.faults, ...delivered.faults]
  if (faults.length > 0) throw new AggregateError(faults, faults.map((fault) => (fault as Error).message).join('; '))
  return { until: new Date(judged.until).toISOString() }
}

function timeLeft(context: Context, reserveMs: number): AbortSignal {
  return AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs))
}

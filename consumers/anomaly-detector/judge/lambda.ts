/** The judge as a Lambda function on a schedule, and the deliverer after it: what its time does not suffice for is the next one's. */
import type { Context } from 'aws-lambda'
import { consumerEnvironment } from '../../runtime/process.ts'
import { composeDeliverer, composeJudge, composePipelineJudge } from '../compose.ts'
import type { Judge } from './judge.ts'

const environment = consumerEnvironment(process.env)
const judge = composeJudge(environment)
const pipelineJudge = composePipelineJudge(environment)
const deliverer = composeDeliverer(environment)
/** An hour of one site takes less than ten seconds, and deliveries have what is left. */
const judgeReserveMs = 30_000
/** A delivery that has begun takes ten seconds at most (compose.ts). */
const deliverReserveMs = 12_000

/**
 * @returns until when every site is judged
 * @throws what kept it from going on with a site, or from delivering, for the function's error count; what a receiver does is
 *   no fault of ours
 */
export async function handler(_event: unknown, context: Context): Promise<{ until: string }> {
  const [judged, ofPipeline] = await Promise.all(
    [judge, pipelineJudge].map((each) => judgedBy(each, timeLeft(context, judgeReserveMs))),
  )
  const delivered = await deliverer.round(timeLeft(context, deliverReserveMs)).catch((error: unknown) => ({
    faults: [error],
  }))
  const faults = [...(judged?.faults ?? []), ...(ofPipeline?.faults ?? []), ...delivered.faults]
  if (faults.length > 0) throw new AggregateError(faults, faults.map((fault) => (fault as Error).message).join('; '))
  return { until: new Date(judged?.until ?? 0).toISOString() }
}

async function judgedBy(judge: Judge, signal: AbortSignal): Promise<{ until: number; faults: unknown[] }> {
  try {
    const { until, faults } = await judge.round(signal)
    const named = faults.map(({ site, error }) => new Error(`minutes of ${site} could not be judged`, { cause: error }))
    return { until, faults: named }
  } catch (error) {
    return { until: 0, faults: [error] }
  }
}

function timeLeft(context: Context, reserveMs: number): AbortSignal {
  return AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs))
}

/** The eraser as a Lambda function on a schedule: what its time does not suffice for is the next one's. */
import type { Context } from 'aws-lambda'
import { consumerEnvironment } from '../runtime/process.ts'
import { createEraser, type Erased, eraserOptions } from './erase.ts'

const environment = consumerEnvironment(process.env)
const eraser = createEraser(environment, eraserOptions(environment.settings))
/** Writing one hour again takes less. */
const reserveMs = 120_000

/** @throws what kept an erasure from going on, for the function's error count */
export async function handler(_event: unknown, context: Context): Promise<Omit<Erased, 'faults'> | undefined> {
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs))
  try {
    const { faults, ...erased } = await eraser.round(signal)
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} erasures could not go on`)
    return erased
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** The compactor as a Lambda function on a schedule: what its time does not suffice for is the next one's. */
import type { Context } from 'aws-lambda'
import { parquetStores } from '../archiver/compose.ts'
import { consumerEnvironment } from '../runtime/process.ts'
import { type Compacted, compactDays, compactionOptions, createCompactor } from './compactor.ts'

const environment = consumerEnvironment(process.env)
const compactor = createCompactor(parquetStores(environment), compactionOptions(environment.settings))
/** Late arrivals of an outage of two days are still merged. */
const days = 3
/** Reading or writing one object takes less. */
const reserveMs = 60_000

/** @throws what kept it from merging something, for the function's error count */
export async function handler(_event: unknown, context: Context): Promise<Omit<Compacted, 'faults'> | undefined> {
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs))
  try {
    const { faults, ...done } = await compactDays(compactor, days, Date.now(), signal)
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} hours could not be compacted`)
    return done
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** The compactor as a Lambda function on a schedule: what its time does not suffice for is the next one's. */
import type { Context } from 'aws-lambda'
import { parquetStores } from '../archiver/compose.ts'
import { consumerEnvironment } from '../runtime/process.ts'
import { type Compacted, compactDays, createCompactor } from './compactor.ts'

const compactor = createCompactor(parquetStores(consumerEnvironment(process.env)))
/** Late arrivals of an outage of two days are still merged. */
const days = 3
/** Reading or writing one object takes less. */
const reserveMs = 60_000

export async function handler(_event: unknown, context: Context): Promise<Compacted | undefined> {
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - reserveMs))
  try {
    return await compactDays(compactor, days, Date.now(), signal)
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

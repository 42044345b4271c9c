/** In AWS: says on a schedule whether the account balances, as metrics that an alarm goes by (cdk/ledger-watch.ts). */
import type { Context } from 'aws-lambda'
import { metricLine } from '../../stream/embedded-metrics.ts'
import { consumerName as aggregator } from '../aggregator/aggregator.ts'
import { consumerName as archiver } from '../archiver/archiver.ts'
import { consumerEnvironment } from '../runtime/process.ts'
import { readLedgerEntries } from '../runtime/shapes/read-ledger.ts'
import { type Account, account, watchedHour } from './account.ts'

const { clients, table } = consumerEnvironment(process.env)

export async function handler(_event: unknown, { functionName }: Context): Promise<Account> {
  const now = Date.now()
  const read = (consumer: string) => readLedgerEntries(clients.dynamo, table('ledger'), consumer, watchedHour(now))
  const [figures, rows] = await Promise.all([read(aggregator), read(archiver)])
  const answer = account(figures, rows)
  process.stdout.write(
    metricLine({ FunctionName: functionName }, { Accepted: answer.accepted, Unaccounted: answer.unaccounted }, now),
  )
  return answer
}

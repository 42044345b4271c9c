/** What can be seen of the pipeline now: how far consumers are behind, and whether the ledger balances (docs/decisions/0037). */
import { consumerName as aggregator } from '../../aggregator/aggregator.ts'
import { consumerName as archiver } from '../../archiver/archiver.ts'
import { accountOfEach } from '../../ledger-watch/account.ts'
import type { ConsumerLag } from '../../runtime/shapes/consumer-lag.ts'
import { judgeLags } from '../../runtime/shapes/judged-lag.ts'
import type { Lag } from '../../runtime/shapes/lag.ts'
import type { LedgerEntry } from '../../runtime/shapes/ledger.ts'
import { minuteOf } from '../minutes.ts'
import { minuteMs } from '../watch/kinds.ts'
import { type ConsumerBehind, type LedgerFigures, type PipelineFigures, pipelineMinutes } from './figures.ts'
import type { PipelineWatch } from './pipeline-watch.ts'

export type LookDependencies = {
  lags: () => Promise<readonly Lag[]>
  ledger: (consumer: string, range: { from: number; to: number }) => Promise<readonly LedgerEntry[]>
  now: () => number
}

/** A minute that was over longer ago is closed without: how far consumers were then, nobody knows. */
const mostAgeMs = 3 * minuteMs
/** More than a consumer gathers on purpose by so much is too much. */
const lagLimitSeconds = 60
/** What is handled is accounted for by then: the archiver gathers two minutes in AWS. */
const settledMs = 10 * minuteMs
/** Minutes of the ledger that are looked at at once, after a stop. */
const mostMinutes = 60

export function createLook({ lags, ledger, now }: LookDependencies) {
  async function account(
    judged: readonly ConsumerLag[],
    after: number | undefined,
  ): Promise<LedgerFigures | undefined> {
    const accountants = judged.filter(({ consumer }) => consumer === aggregator || consumer === archiver)
    if (accountants.length === 0) return undefined
    const furthestMs = 1000 * Math.max(...accountants.map(({ behindSeconds }) => behindSeconds))
    const settled = minuteOf(now() - furthestMs - settledMs)
    const from = after ?? settled - minuteMs
    const to = Math.min(settled, from + mostMinutes * minuteMs)
    if (to <= from) return undefined
    const [figures, rows] = await Promise.all([ledger(aggregator, { from, to }), ledger(archiver, { from, to })])
    const { missing } = accountOfEach(figures, rows)
    return { from, to, missing: Object.entries(missing).filter(([, events]) => events > 0) }
  }

  return async (
    minute: number,
    counted: PipelineFigures | undefined,
    { accountedTo }: Pick<PipelineWatch, 'accountedTo'>,
  ): Promise<PipelineFigures> => {
    const figures = counted ?? pipelineMinutes.none()
    if (now() - minute - minuteMs > mostAgeMs) return figures
    const judged = judgeLags(await lags(), now())
    const found = await account(judged, accountedTo)
    return { ...figures, behind: behindOf(judged), ...(found && { ledger: found }) }
  }
}

function behindOf(judged: readonly ConsumerLag[]): ConsumerBehind[] {
  return [...Map.groupBy(judged, ({ consumer }) => consumer)].map(([consumer, shards]) => ({
    consumer,
    seconds: Math.round(Math.max(...shards.map(({ behindSeconds }) => behindSeconds))),
    limit: Math.max(...shards.map(({ windowSeconds }) => windowSeconds)) + lagLimitSeconds,
    shards: shards
      .filter(({ behindSeconds }) => behindSeconds >= 1)
      .map(({ shard, behindSeconds }): [string, number] => [shard, Math.round(behindSeconds)]),
  }))
}

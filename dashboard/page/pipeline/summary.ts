/** What the pipeline page shows, from the answers of the last minutes: pure. */
import type {
  ConsumerLag,
  LagState,
  LedgerAnswer,
  OverflowAnswer,
  PipelineAnswer,
  QuarantineAnswer,
} from '../../answers.ts'

/** One figure over time; `at` is epoch milliseconds. */
export type Point = { at: number; seconds: number }

export type ShardLag = ConsumerLag & { series: Point[] }

export type ConsumerSummary = {
  consumer: string
  /** That of its worst shard; undefined before its first report. */
  state: LagState | undefined
  /** Of the shard that is furthest behind. */
  behindSeconds: number
  silentSeconds: number
  /** How long it gathers on purpose. */
  windowSeconds: number
  /** Of all shards; null where one of them is not known. */
  behindRecords: number | null
  recordsPerSecond: number
  series: Point[]
}

export type PipelineSummary = {
  /** What goes through the stream, as the fastest consumer sees it. */
  recordsPerSecond: number
  consumers: ConsumerSummary[]
  ledger: LedgerAnswer
  /** Null: not known. */
  overflow: OverflowAnswer | null
  quarantine: QuarantineAnswer | null
  /** When all this was so, ISO 8601. */
  at: string
  shards: { shard: string; lags: ShardLag[] }[]
}

/** Those that there should be, in the order in which they are shown. */
const expected = ['aggregator', 'archiver', 'anomaly-detector']
/** How long the page remembers. */
const historyMs = 5 * 60_000
/** Rates are taken over this time: reports come every two seconds, and a batch is no trickle. */
const rateMs = 20_000
const severity: Record<LagState, number> = { fine: 0, behind: 1, silent: 2 }

/** @param history oldest first */
export function remember(history: readonly PipelineAnswer[], answer: PipelineAnswer): PipelineAnswer[] {
  const oldest = Date.parse(answer.at) - historyMs
  return [...history.filter(({ at }) => Date.parse(at) >= oldest), answer]
}

/** @param history oldest first, at least one answer */
export function summarise(history: readonly PipelineAnswer[]): PipelineSummary {
  const { lag: lags, ledger, overflow, quarantine, at } = history.at(-1) as PipelineAnswer
  const names = [...new Set([...expected, ...lags.map(({ consumer }) => consumer)])]
  const consumers = names.map((name) =>
    summariseConsumer(
      history,
      name,
      lags.filter(({ consumer }) => consumer === name),
    ),
  )
  const shards = [...new Set(lags.map(({ shard }) => shard))].sort()
  return {
    recordsPerSecond: Math.max(...consumers.map(({ recordsPerSecond }) => recordsPerSecond)),
    consumers,
    ledger,
    overflow,
    quarantine,
    at,
    shards: shards.map((shard) => ({
      shard,
      lags: names.flatMap((name) =>
        lags
          .filter((lag) => lag.shard === shard && lag.consumer === name)
          .map((lag) => ({ ...lag, series: seriesOf(history, (other) => isSame(other, lag)) })),
      ),
    })),
  }
}

function summariseConsumer(
  history: readonly PipelineAnswer[],
  consumer: string,
  lags: readonly ConsumerLag[],
): ConsumerSummary {
  const most = (pick: (lag: ConsumerLag) => number) => Math.max(0, ...lags.map(pick))
  return {
    consumer,
    state: lags.map(({ state }) => state).sort((a, b) => severity[b] - severity[a])[0],
    behindSeconds: most(({ behindSeconds }) => behindSeconds),
    silentSeconds: most(({ silentSeconds }) => silentSeconds),
    windowSeconds: most(({ windowSeconds }) => windowSeconds),
    behindRecords: lags.reduce<number | null>(
      (sum, { behindRecords }) => (sum === null || behindRecords === null ? null : sum + behindRecords),
      0,
    ),
    recordsPerSecond: lags.reduce((sum, lag) => sum + rateOf(history, lag), 0),
    series: seriesOf(history, (lag) => lag.consumer === consumer),
  }
}

/** The furthest that any of these was behind, over time. */
function seriesOf(history: readonly PipelineAnswer[], matches: (lag: ConsumerLag) => boolean): Point[] {
  return history.flatMap(({ at, lag }) => {
    const seconds = lag.filter(matches).map(({ behindSeconds }) => behindSeconds)
    return seconds.length === 0 ? [] : [{ at: Date.parse(at), seconds: Math.max(...seconds) }]
  })
}

function rateOf(history: readonly PipelineAnswer[], lag: ConsumerLag): number {
  const since = Date.parse(lag.reportedAt) - rateMs
  const before = history
    .flatMap((answer) => answer.lag)
    .find((other) => isSame(other, lag) && Date.parse(other.reportedAt) >= since)
  const seconds = before ? (Date.parse(lag.reportedAt) - Date.parse(before.reportedAt)) / 1000 : 0
  if (!before || seconds <= 0 || lag.state === 'silent') return 0
  // One that was started again counts from nothing.
  return Math.max(0, lag.handledRecords - before.handledRecords) / seconds
}

function isSame(a: ConsumerLag, b: ConsumerLag): boolean {
  return a.consumer === b.consumer && a.shard === b.shard
}

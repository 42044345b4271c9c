/** What the pipeline page makes of the answers of the last minutes. */
import { describe, expect, it } from 'vitest'
import type { ConsumerLag, PipelineAnswer } from '../dashboard/answers.ts'
import { formatFineDuration } from '../dashboard/page/format.ts'
import { remember, summarise } from '../dashboard/page/pipeline/summary.ts'
import { balanceOf } from '../dashboard/query/ledger.ts'
import { now } from './support/dashboard.ts'

const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()

const aLag = (change: Partial<ConsumerLag> = {}): ConsumerLag => ({
  consumer: 'aggregator',
  shard: 'shardId-000000000000',
  state: 'fine',
  behindSeconds: 0,
  behindRecords: 0,
  windowSeconds: 0.4,
  position: '1',
  arrivedAt: at(0),
  handledAt: at(0),
  handledRecords: 0,
  reportedAt: at(0),
  silentSeconds: 0,
  ...change,
})
const other = { shard: 'shardId-000000000001' }
const answer = (seconds: number, ...lag: ConsumerLag[]): PipelineAnswer => ({
  at: at(seconds),
  lag,
  ledger: balanceOf({ from: 0, to: 0 }, [], []),
  overflow: { batches: 0, more: false, oldestAt: null },
  quarantine: { records: 0, more: false },
})

describe('a consumer', () => {
  it('is as well as its worst shard, and as far behind as the furthest', () => {
    const lags = [
      aLag({ behindSeconds: 3, behindRecords: 5 }),
      aLag({ ...other, state: 'behind', behindSeconds: 40, behindRecords: 7 }),
    ]
    const [aggregator] = summarise([answer(0, ...lags)]).consumers
    expect(aggregator).toMatchObject({ state: 'behind', behindSeconds: 40, behindRecords: 12 })
  })

  it('has no number of records when that of one shard is not known', () => {
    const lags = [aLag({ behindRecords: 5 }), aLag({ ...other, state: 'silent', behindRecords: null })]
    expect(summarise([answer(0, ...lags)]).consumers[0]).toMatchObject({ state: 'silent', behindRecords: null })
  })

  it('is there before it has reported, and one that we do not know comes last', () => {
    const { consumers, shards } = summarise([answer(0, aLag({ consumer: 'another' }))])
    expect(consumers.map(({ consumer, state }) => [consumer, state])).toEqual([
      ['aggregator', undefined],
      ['archiver', undefined],
      ['anomaly-detector', undefined],
      ['another', 'fine'],
    ])
    expect(shards).toMatchObject([{ shard: 'shardId-000000000000', lags: [{ consumer: 'another' }] }])
  })

  it('has a rate from what it handled in the last reports; a restart is no rate', () => {
    const reported = (seconds: number, handledRecords: number) =>
      answer(seconds, aLag({ reportedAt: at(seconds), handledRecords }))
    expect(summarise([reported(0, 100), reported(10, 150)]).recordsPerSecond).toBe(5)
    expect(summarise([reported(0, 100), reported(40, 150), reported(50, 250)]).recordsPerSecond).toBe(10)
    expect(summarise([reported(0, 100), reported(10, 3)]).recordsPerSecond).toBe(0)
  })
})

describe('the history', () => {
  it('is a line by consumer and by shard, and forgets after five minutes', () => {
    let history: PipelineAnswer[] = []
    for (let seconds = 0; seconds <= 600; seconds += 100)
      history = remember(history, answer(seconds, aLag({ behindSeconds: seconds }), aLag(other)))
    const { consumers, shards } = summarise(history)
    expect(consumers[0]?.series.map(({ seconds }) => seconds)).toEqual([300, 400, 500, 600])
    expect(shards.map(({ lags }) => lags[0]?.series.at(-1)?.seconds)).toEqual([600, 0])
  })
})

it.each([
  [0, '0s'],
  [0.42, '0.4s'],
  [9.96, '10s'],
  [185, '3m 05s'],
])('%f seconds are written %s', (seconds, text) => {
  expect(formatFineDuration(seconds)).toBe(text)
})

/** What the function that watches the ledger finds, and how it says so to CloudWatch. */
import { describe, expect, test } from 'vitest'
import { account, watchedHour } from '../consumers/ledger-watch/account.ts'
import { type LedgerCounts, type LedgerEntry, noCounts } from '../consumers/runtime/shapes/ledger.ts'
import { metricLine } from '../stream/embedded-metrics.ts'
import { noon } from './support/events.ts'

const minute = 60_000
const entry = (counts: Partial<LedgerCounts>, at = noon, shardId = 'shardId-0'): LedgerEntry => ({
  consumer: 'aggregator',
  shardId,
  minute: at,
  sequence: '1',
  counts: { ...noCounts(), ...counts },
})

describe('the account of an hour', () => {
  test('balances when every event is counted, seen before, filtered or set aside, and archived or set aside', () => {
    const figures = [entry({ accepted: 10, aggregated: 6, duplicate: 2, filtered: 1, quarantined: 1 })]
    const rows = [entry({ accepted: 10, archived: 9, quarantined: 1 })]
    expect(account(figures, rows)).toEqual({ accepted: 10, unaccounted: 0 })
    expect(account([], [])).toEqual({ accepted: 0, unaccounted: 0 })
  })

  test('tells what one of the two never met', () => {
    expect(account([entry({ accepted: 10, aggregated: 10 })], [])).toEqual({ accepted: 10, unaccounted: 10 })
    expect(account([], [entry({ accepted: 4, archived: 4 })])).toEqual({ accepted: 4, unaccounted: 4 })
    const short = [entry({ accepted: 8, aggregated: 8 })]
    expect(account(short, [entry({ accepted: 10, archived: 10 })])).toEqual({ accepted: 10, unaccounted: 2 })
  })

  test('does not set one too many here against one too few there', () => {
    const figures = [
      entry({ accepted: 5, aggregated: 6 }),
      entry({ accepted: 5, aggregated: 4 }, noon + minute),
      entry({ accepted: 5, aggregated: 6 }, noon, 'shardId-1'),
    ]
    const rows = [
      entry({ accepted: 5, archived: 5 }),
      entry({ accepted: 5, archived: 5 }, noon + minute),
      entry({ accepted: 5, archived: 5 }, noon, 'shardId-1'),
    ]
    expect(account(figures, rows)).toEqual({ accepted: 15, unaccounted: 3 })
  })

  test('is of whole minutes that are over for an hour', () => {
    expect(watchedHour(noon + 59_999)).toEqual({ from: noon - 120 * minute, to: noon - 60 * minute })
  })
})

test('metrics are a line of embedded metric format: namespace, dimension and each metric are where CloudWatch looks', () => {
  const line = metricLine({ FunctionName: 'retrace-LedgerWatch' }, { Accepted: 12, Unaccounted: 0 }, noon)
  expect(line).toMatch(/^\{[^\n]*\}\n$/)
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: noon,
      CloudWatchMetrics: [
        {
          Namespace: 'Retrace',
          Dimensions: [['FunctionName']],
          Metrics: [
            { Name: 'Accepted', Unit: 'Count' },
            { Name: 'Unaccounted', Unit: 'Count' },
          ],
        },
      ],
    },
    FunctionName: 'retrace-LedgerWatch',
    Accepted: 12,
    Unaccounted: 0,
  })
})

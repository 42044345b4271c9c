/** One record that consumers fail on among ten thousand costs seconds, and nothing but itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { archivedRows, countedEvents } from './support/figures.ts'
import { poison, quarantinedIn } from './support/poison.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putRecords, runToEnd } from './support/stream.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.close())

describe('one poison record among 10,000', () => {
  beforeAll(async () => {
    const records = Array.from({ length: 10_000 }, (_, i) => {
      if (i === 6789) return poison(i)
      const load = Math.floor(i / 10)
        .toString(16)
        .padStart(16, '0')
      const visitor = load.replaceAll('0', 'f')
      const event = anEvent({ load, n: i % 10, at: noon + i * 10 })
      return aRecord([aDelivery({ visitor, events: [event] })], { producerSequence: i })
    })
    await putRecords(stores.settings, records)
  }, 60_000)

  it('is passed over by the aggregator within a minute; the other 9,999 are counted', async () => {
    const environment = await freshEnvironment('long-cells')
    const startedAt = performance.now()
    await runToEnd(composeAggregator(environment), stores.settings, 2000, {
      readIntervalMs: 200,
      saveIntervalMs: 10_000,
    })
    expect(performance.now() - startedAt).toBeLessThan(60_000)
    expect(await quarantinedIn('long-cells', 'aggregator')).toHaveLength(1)
    expect(await countedEvents('long-cells-cells')).toBe(9999)
  })

  it('is passed over by the archiver within a minute; the other 9,999 are rows', async () => {
    const environment = await freshEnvironment('long-archive')
    const startedAt = performance.now()
    await runToEnd(composeArchiver(environment), stores.settings, 5000, { readIntervalMs: 200 })
    expect(performance.now() - startedAt).toBeLessThan(60_000)
    expect(await quarantinedIn('long-archive', 'archiver')).toHaveLength(1)
    const rows = await archivedRows(environment)
    expect(rows).toHaveLength(9999)
    expect(new Set(rows.map(({ sequence }) => sequence)).size).toBe(9999)
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judge } from '../consumers/anomaly-detector/baseline.ts'
import { composeAnomalyDetector } from '../consumers/anomaly-detector/compose.ts'
import { Watermarks } from '../consumers/anomaly-detector/watermarks.ts'
import type { Delivery } from '../stream/event.ts'
import { aClick, aDelivery, anEvent, noon } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const minute = 60_000
const steady = (count: number) => Array.from({ length: 60 }, (_, i) => count + (i % 5) - 2)

describe('the baseline', () => {
  it('says nothing while it has too little to go by', () => {
    expect(judge(1000, steady(20).slice(0, 19))).toBeUndefined()
  })

  it('takes ordinary variation for what it is', () => {
    for (const count of [0, 1, 20, 500]) {
      const ordinary = count + 3 * Math.sqrt(count)
      expect(
        judge(
          Math.round(ordinary),
          steady(count).map((past) => Math.max(0, past)),
        )?.anomalous,
      ).toBe(false)
    }
  })

  it('sees a flood and a silence, with the band it expected', () => {
    expect(judge(120, steady(20))).toMatchObject({ anomalous: true, expected: 20 })
    expect(judge(0, steady(100))).toMatchObject({ anomalous: true })
    const band = judge(100, steady(100))
    expect(band?.low).toBeLessThan(100)
    expect(band?.high).toBeGreaterThan(100)
  })

  it('is not dragged along by an anomaly of the past', () => {
    const history = [...steady(20), ...Array(15).fill(400)]
    expect(judge(120, history)?.anomalous).toBe(true)
    expect(judge(21, history)?.anomalous).toBe(false)
  })
})

describe('watermarks', () => {
  it('wait for the slowest shard that is open', () => {
    const watermarks = new Watermarks()
    watermarks.advance('a', noon)
    watermarks.advance('b', noon - 2 * minute)
    expect(watermarks.through()).toBe(noon - 2 * minute - 10_000)
    watermarks.open('c')
    expect(watermarks.through()).toBe(0)
    watermarks.close('c')
    watermarks.close('b')
    expect(watermarks.through()).toBe(noon - 10_000)
  })
})

describe('the anomaly detector', () => {
  let stores: TestStores
  beforeAll(async () => {
    stores = await startStores()
  })
  afterAll(() => stores.close())

  /** So that the detector, which knows what time it is, finds all of it over but recent. */
  const begin = Math.floor(Date.now() / minute) * minute - 45 * minute

  /** Half an hour of two events a minute, then a minute of forty clicks, then ordinary ones again. */
  function traffic(): Delivery[] {
    const deliveries: Delivery[] = []
    for (let m = 0; m < 40; m++) {
      const clicks = m === 35 ? 40 : 1
      for (let i = 0; i <= clicks; i++) {
        const at = begin + m * minute + i * 1000
        const load = (m * 100 + i).toString(16).padStart(16, '0')
        const event = i === 0 ? anEvent({ load, at }) : aClick({ load, at })
        deliveries.push(aDelivery({ received: at, events: [event] }))
      }
    }
    return deliveries
  }

  it('stores one alert for a flood of clicks, however often the stream is read, and none for an import', async () => {
    const { settings } = stores
    await putTraffic(settings, traffic(), 1)
    const imported = traffic().map(({ sentAt: _, ...delivery }) => ({ ...delivery, site: 'imported' }))
    await putTraffic(settings, imported, 1)

    const environment = await freshEnvironment('detected')
    await runToEnd(composeAnomalyDetector(environment), settings, 11)
    const alerts = await dumpTable('detected-alerts')
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toContain(`alert={"S":"${new Date(begin + 35 * minute).toISOString()}#clicks"}`)
    expect(alerts[0]).toContain('observed={"N":"40"}')
    expect(alerts[0]).toContain('expected={"N":"1"}')
    const minutes = await dumpTable('detected-minutes')
    expect(minutes).toHaveLength(40)

    const again = { ...environment, checkpoints: (await freshEnvironment('detected-again')).checkpoints }
    await runToEnd(composeAnomalyDetector(again), settings, 5)
    expect(await dumpTable('detected-alerts')).toEqual(alerts)
    expect(await dumpTable('detected-minutes')).toEqual(minutes)
  })
})

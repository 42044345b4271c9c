/** The way of an incident: events in the stream, counted by shard, judged once all shards are through, stored. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAnomalyDetector, composeJudge } from '../consumers/anomaly-detector/compose.ts'
import type { Incident } from '../consumers/anomaly-detector/shapes/incident.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { createIncidentStore } from '../dashboard/store/incidents.ts'
import type { Delivery } from '../stream/event.ts'
import { siteToItem } from '../stream/site.ts'
import { aClick, aDelivery, anEvent } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, listObjects, putTraffic, runToEnd } from './support/stream.ts'

const minuteMs = 60_000
const minutes = 200
/** So that the judge, which knows what time it is, finds all of it over. */
const begin = Math.floor(Date.now() / minuteMs) * minuteMs - (minutes + 2) * minuteMs
const flood = { from: 100, to: 103 }
const silence = { from: 150, to: 155 }

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, traffic(), 40)
  const imported = traffic().map(({ sentAt: _, ...delivery }) => ({ ...delivery, site: 'imported' }))
  await putTraffic(stores.settings, imported, 40)
})
afterAll(() => stores.close())

/** Twenty page views and five clicks a minute, a flood of clicks on one button, and a silence. */
function traffic(): Delivery[] {
  const deliveries: Delivery[] = []
  for (let m = 0; m < minutes; m++) {
    if (m >= silence.from && m < silence.to) continue
    const clicks = m >= flood.from && m < flood.to ? 300 : 4 + (m % 3)
    const views = 18 + ((m * 7) % 5)
    for (let i = 0; i < views + clicks; i++) {
      const at = begin + m * minuteMs + i * 100
      // As names are that come of a hash: every digit matters.
      const load = (Math.imul(m * 1000 + i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(2)
      const target = { selector: '#offer', text: clicks === 300 ? 'Offer' : 'Buy' }
      const event = i < views ? anEvent({ load, at }) : aClick({ load, at, target })
      deliveries.push(aDelivery({ received: at, visitor: load, events: [event] }))
    }
  }
  return deliveries
}

async function environmentOf(name: string): Promise<ConsumerEnvironment> {
  const environment = await freshEnvironment(name)
  const { clients, table } = environment
  for (const site of ['imported', 'closed'])
    await clients.dynamo.send(
      new PutItemCommand({
        TableName: table('sites'),
        Item: siteToItem({
          ...{ site, name: site, origins: [], timeZone: 'UTC', queryParams: [], strict: false, network: false },
          createdAt: begin,
          ...(site === 'closed' && { closedAt: begin }),
        }),
      }),
    )
  return environment
}

/** Those of the traffic, latest first: that it ends is one too, as soon as minutes have gone by. */
async function incidentsIn({ clients, table }: ConsumerEnvironment, site = 'demo'): Promise<Incident[]> {
  const incidents = await createIncidentStore(clients.dynamo, table('incidents')).list(site, 0, Date.now(), 100)
  return incidents.filter(({ at }) => at < begin + minutes * minuteMs)
}

/** Without what tells how far the judge was. */
const minutesIn = async (name: string) =>
  (await dumpTable(`${name}-minutes`)).filter((item) => !item.includes('"snapshot"'))

const isoMinute = (at: number) => new Date(at).toISOString().slice(0, 16)

describe('a flood and a silence', () => {
  it('are one incident each, however often the stream is read and its minutes are judged', async () => {
    const environment = await environmentOf('detected')
    await runToEnd(composeAnomalyDetector(environment), stores.settings, 11)
    const { until, faults } = await composeJudge(environment).round()
    expect(faults).toEqual([])
    expect(until).toBeGreaterThanOrEqual(begin + (minutes + 1) * minuteMs)

    const [last, first, ...others] = await incidentsIn(environment)
    expect(others).toEqual([])
    expect(first).toMatchObject({
      at: begin + flood.from * minuteMs,
      end: begin + flood.to * minuteMs,
      severity: 'critical',
      peak: { observed: expect.closeTo(320, -2) },
    })
    expect([first?.series, ...(first?.others ?? [])].map((series) => series?.metric).sort()).toEqual([
      'clicks',
      'visitors',
    ])
    expect(last).toMatchObject({
      at: begin + silence.from * minuteMs,
      end: begin + silence.to * minuteMs,
      peak: { observed: 0 },
    })
    expect(await incidentsIn(environment, 'imported')).toEqual([])

    const told = await incidentsIn(environment)
    const minutesLeft = await minutesIn('detected')
    expect(minutesLeft.filter((item) => item.includes('#judged')).length).toBeGreaterThanOrEqual(minutes)
    const again = { ...environment, checkpoints: (await freshEnvironment('detected-again')).checkpoints }
    await runToEnd(composeAnomalyDetector(again), stores.settings, 5)
    await composeJudge(environment).round()
    expect(await minutesIn('detected')).toEqual(expect.arrayContaining(minutesLeft))
    expect(await incidentsIn(environment)).toEqual(told)
  })

  it('are the same when several judge at once, from the beginning and from a snapshot', async () => {
    const environment = await environmentOf('together')
    await runToEnd(composeAnomalyDetector(environment), stores.settings, 30)
    const rounds = await Promise.all([1, 2, 3].map(() => composeJudge(environment).round()))
    // Who lost a race may have stopped, or found an object gone; the next look goes on.
    expect(rounds.some(({ faults }) => faults.length === 0)).toBe(true)
    await composeJudge(environment).round()
    const [reference, both] = await Promise.all(['detected', 'together'].map(minutesIn))
    const isOfTraffic = (item: string) =>
      (/minute=\{"S":"(.{16})/.exec(item)?.[1] ?? '') < isoMinute(begin + minutes * minuteMs)
    expect(both?.filter(isOfTraffic)).toEqual(reference?.filter(isOfTraffic))
    const detected = await freshEnvironment('detected')
    expect(await incidentsIn(environment)).toEqual(await incidentsIn(detected))
    // A snapshot is kept, and those before it are not.
    expect(await listObjects('together', 'state/anomaly-judge/demo/')).toHaveLength(1)
  })

  it('stay what they were when something comes too late', async () => {
    const environment = await environmentOf('late')
    await runToEnd(composeAnomalyDetector(environment), stores.settings, 30)
    await composeJudge(environment).round()
    const judged = async () => (await minutesIn('late')).filter((item) => item.includes('#judged'))
    const before = await judged()
    const at = begin + silence.from * minuteMs + 1000
    const late = [1, 2, 3].map((n) => aDelivery({ received: at, events: [anEvent({ load: `${n}`.repeat(16), at })] }))
    await putTraffic(stores.settings, late)
    await runToEnd(composeAnomalyDetector(environment), stores.settings, 30)
    await composeJudge(environment).round()
    expect(await judged()).toEqual(expect.arrayContaining(before))
    expect((await incidentsIn(environment)).at(-2)).toMatchObject({ peak: { observed: 0 } })
  })
})

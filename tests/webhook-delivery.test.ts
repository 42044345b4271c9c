/** Whoever asked to be told of incidents is told: at least once, under one id, and by one deliverer at a time. */
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { claimMs } from '../consumers/anomaly-detector/deliver/deliverer.ts'
import { createDeliveryStore, type DeliveryStore } from '../consumers/anomaly-detector/deliver/delivery-store.ts'
import { type Channel, channelKey, channelToItem } from '../consumers/anomaly-detector/shapes/channel.ts'
import { deliveryKey } from '../consumers/anomaly-detector/shapes/delivery-item.ts'
import { incidentToItem } from '../consumers/anomaly-detector/shapes/incident-item.ts'
import { readDeliveries } from '../consumers/anomaly-detector/shapes/read-deliveries.ts'
import { alertingOver, type ToldIncident } from './support/alerting.ts'
import { noon } from './support/events.ts'
import { anIncident } from './support/incidents.ts'
import { isSigned, type Receiver, startReceiver } from './support/receiver.ts'
import { startStores, type TestStores } from './support/stores.ts'

const secret = 'whsec_of-a-test'
const hourMs = 3_600_000
let stores: TestStores
let client: DynamoDBClient
let receiver: Receiver
let deliveries: DeliveryStore
/** What the clock of deliverers shows. */
let now: number
/** A site for each test: what one leaves behind is no other's. */
let site: string
let count = 0

beforeAll(async () => {
  stores = await startStores()
  client = new DynamoDBClient({})
})
afterAll(async () => {
  client.destroy()
  await stores.close()
})
beforeEach(async () => {
  receiver = await startReceiver()
  deliveries = createDeliveryStore(client, 'retrace-incidents')
  now = noon + 2 * 60_000
  count += 1
  site = `site-${count}`
})
afterEach(() => receiver.close())

async function addChannel(different: Partial<Channel> = {}): Promise<Channel> {
  const channel: Channel = {
    site,
    id: 'one',
    type: 'webhook',
    target: receiver.url,
    secret,
    dashboard: 'https://retrace.example.org',
    createdBy: 'ada@example.org',
    createdAt: noon - hourMs,
    ...different,
  }
  await client.send(new PutItemCommand({ TableName: 'retrace-control', Item: channelToItem(channel) }))
  return channel
}

const alerting = () => alertingOver({ client, now: () => now })
const deliverer = (store?: DeliveryStore) => alerting().deliverer(site, store && { deliveries: store })

const opened = (different: Parameters<typeof anIncident>[0] = {}) =>
  ({ event: 'opened', incident: anIncident({ site, end: undefined, ...different }) }) as const
const ended = () => ({ event: 'ended', incident: anIncident({ site }) }) as const
const tell = (...told: ToldIncident[]) => alerting().tell(site, ...told)
const outcomes = async () =>
  (await readDeliveries(client, 'retrace-incidents', site, now)).map(({ event, state, attempts, status, error }) => ({
    event,
    state,
    attempts,
    status,
    error,
  }))
const ids = () => receiver.received.map(({ headers }) => headers['retrace-id'])

describe('a webhook', () => {
  it('is told when an incident opens and when it ends, signed, with what the API answers of it and where to look', async () => {
    await addChannel()
    await tell(opened(), ended())
    expect(await deliverer().round()).toEqual({ delivered: 2, failed: 0, faults: [] })
    const [first, second] = receiver.received
    if (!first || !second) throw new Error('nothing came')
    expect(JSON.parse(first.body)).toEqual({
      id: first.headers['retrace-id'],
      event: 'opened',
      site,
      incident: {
        id: '2026-03-10T12:00:00.000Z#clicks',
        at: '2026-03-10T12:00:00.000Z',
        metric: 'clicks',
        severity: 'critical',
        evidence: 18.5,
        peakAt: '2026-03-10T12:00:00.000Z',
        stepSeconds: 60,
        observed: 90,
        expected: 10,
        low: 2,
        high: 20,
        others: [{ metric: 'errors' }],
        changed: [{ dimension: 'target', value: 'Buy', observed: 85, expected: 4 }],
      },
      link: `https://retrace.example.org/sites/${site}?period=custom&from=2026-03-10T12%3A00&to=2026-03-10T15%3A00&metric=clicks`,
    })
    expect(JSON.parse(second.body)).toMatchObject({ event: 'ended', incident: { end: '2026-03-10T12:12:00.000Z' } })
    expect(first.headers).toMatchObject({
      'content-type': 'application/json',
      'retrace-timestamp': String(now / 1000),
    })
    expect(ids().every((id) => /^[0-9a-f]{32}$/.test(String(id)))).toBe(true)
    expect(new Set(ids()).size).toBe(2)
    expect(receiver.received.map((each) => isSigned(each, secret))).toEqual([true, true])
    expect(isSigned({ ...first, body: first.body.replace('critical', 'notice') }, secret)).toBe(false)
    expect(isSigned(first, 'another')).toBe(false)
  })

  it('is told once, however often the judge finds the same again', async () => {
    await addChannel()
    await tell(opened())
    await deliverer().round()
    await tell(opened({ severity: 'warning' }), ended())
    await deliverer().round()
    await tell(opened(), ended())
    await deliverer().round()
    expect(receiver.received.map(({ body }) => JSON.parse(body).event)).toEqual(['opened', 'ended'])
  })

  it('is told of nothing that began before it was made', async () => {
    await addChannel({ createdAt: noon + 1 })
    await tell(opened(), ended())
    expect(await deliverer().round()).toMatchObject({ delivered: 0 })
    expect(await outcomes()).toEqual([])
  })

  it('is told of a series whose name no header could hold', async () => {
    await addChannel()
    await tell(opened({ series: { metric: 'pageviews', dimension: 'page', value: '/straße#ß\n' } }))
    expect(await deliverer().round()).toMatchObject({ delivered: 1, faults: [] })
    expect(receiver.received.map((each) => isSigned(each, secret))).toEqual([true])
  })
})

describe('a receiver that fails', () => {
  it('is asked again, later each time, and told once under the id that it had', async () => {
    await addChannel()
    await tell(opened())
    const statuses = [500, 503, 204]
    receiver.answer = (response) => response.writeHead(statuses.shift() ?? 204).end()
    const pauses: number[] = []
    for (let last = now; statuses.length > 0; ) {
      const { delivered, failed } = await deliverer().round()
      if (delivered + failed > 0) {
        pauses.push((now - last) / 1000)
        last = now
      }
      now += 10_000
    }
    expect(pauses).toEqual([0, 30, 60])
    expect(await outcomes()).toEqual([
      { event: 'opened', state: 'delivered', attempts: 3, status: 204, error: undefined },
    ])
    now += 24 * hourMs
    await deliverer().round()
    expect(ids()).toHaveLength(3)
    expect(new Set(ids()).size).toBe(1)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  })

  it('is given up after a day, and keeps no other from being told', async () => {
    await addChannel()
    await addChannel({ id: 'two', target: `${receiver.url}/two` })
    await tell(opened())
    receiver.answer = (response, { path }) => response.writeHead(path === '/alerts' ? 500 : 204).end()
    const begun = now
    let lastTry = now
    for (; now < begun + 30 * hourMs; now += 5 * 60_000) if ((await deliverer().round()).failed > 0) lastTry = now
    expect(await outcomes()).toEqual([
      { event: 'opened', state: 'failed', attempts: 14, status: 500, error: 'status' },
      { event: 'opened', state: 'delivered', attempts: 1, status: 204, error: undefined },
    ])
    expect(lastTry - begun).toBeGreaterThan(20 * hourMs)
    expect(lastTry - begun).toBeLessThan(24 * hourMs)
  })

  it('is told of its one example or it is not: nobody waits a day for that', async () => {
    await addChannel()
    await deliveries.add({ site, channel: 'one', event: 'example', incident: anIncident({ site }), createdAt: now })
    receiver.answer = (response) => response.writeHead(404).end()
    await deliverer().round()
    expect(await outcomes()).toMatchObject([{ event: 'example', state: 'failed', attempts: 1, status: 404 }])
  })
})

describe('deliverers', () => {
  it('that die between sending and noting it leave it to be sent again under the same id', async () => {
    await addChannel()
    await tell(opened())
    const dying: DeliveryStore = {
      ...deliveries,
      settle: () => Promise.reject(new Error('killed')),
    }
    expect((await deliverer(dying).round()).faults).toHaveLength(1)
    now += claimMs - 1
    await deliverer().round()
    expect(ids()).toHaveLength(1)
    now += 1
    await deliverer().round()
    expect(ids()).toHaveLength(2)
    expect(new Set(ids()).size).toBe(1)
    expect(await outcomes()).toMatchObject([{ state: 'delivered', attempts: 2 }])
  })

  it('of which several are at work send each once', async () => {
    await addChannel()
    const incidents = Array.from({ length: 12 }, (_, i) => opened({ at: noon + i * 60_000 }))
    await tell(...incidents)
    receiver.answer = (response) => setTimeout(() => response.writeHead(204).end(), 5)
    const rounds = await Promise.all([1, 2, 3].map(() => deliverer().round()))
    expect(rounds.flatMap(({ faults }) => faults)).toEqual([])
    expect(rounds.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(12)
    expect(new Set(ids()).size).toBe(12)
    expect(ids()).toHaveLength(12)
  })

  it('whose claim was lost note nothing: the one who has it now does', async () => {
    await addChannel()
    await tell(opened())
    const [waiting] = await deliveries.waiting(site, now)
    if (!waiting) throw new Error('nothing waits')
    const slow = await deliveries.claim(waiting, now, now + claimMs)
    if (!slow) throw new Error('nobody else was there')
    expect(await deliveries.claim(waiting, now, now + claimMs)).toBeUndefined()
    await deliveries.claim(slow, now + claimMs, now + 2 * claimMs)
    await deliveries.settle(slow, { state: 'failed', dueAt: now, error: 'timeout' })
    expect(await outcomes()).toMatchObject([{ state: 'waiting', attempts: 2, error: undefined }])
  })
})

it('what was told goes after a month, and incidents stay', async () => {
  await addChannel()
  await tell(opened())
  const [delivery] = await deliveries.waiting(site, now)
  if (!delivery) throw new Error('nothing waits')
  const { Item } = await client.send(new GetItemCommand({ TableName: 'retrace-incidents', Key: deliveryKey(delivery) }))
  expect(Item?.expiresAt).toEqual({ N: String((now + 30 * 24 * hourMs) / 1000) })
  expect(incidentToItem(anIncident({ site }), noon)).not.toHaveProperty('expiresAt')
})

it('a webhook that is revoked is told nothing more, not even what waited', async () => {
  const { id } = await addChannel()
  await tell(opened())
  await client.send(new DeleteItemCommand({ TableName: 'retrace-control', Key: channelKey(site, id) }))
  expect(await deliverer().round()).toEqual({ delivered: 0, failed: 0, faults: [] })
  await tell(ended())
  now += hourMs
  await deliverer().round()
  expect(receiver.received).toEqual([])
})

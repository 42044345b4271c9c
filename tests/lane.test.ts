import { expect, it } from 'vitest'
import type { StoreResult } from '../ingest/batch.ts'
import { Lane } from '../ingest/lane.ts'
import { Metrics } from '../ingest/metrics.ts'
import type { PutRecords } from '../ingest/put-records.ts'
import { eventually } from './support/eventually.ts'

const shard = { shardId: 's', startingHashKey: '0', parents: [], closed: false }
const stored: PutRecords = async (records) => records.map(() => ({ stored: true, shardId: 's' }))
const entry = { opening: '{"events":[', events: Buffer.alloc(0), bytes: 100, eventCount: 0 }

/** An entry fills a batch, so that adding one sends it at once. */
function makeLane(put: PutRecords = stored, onFault: (message: string, cause: unknown) => void = () => {}): Lane {
  return new Lane(shard, {
    lingerMs: 20,
    maxBatchBytes: 100,
    patienceMs: 0,
    probes: 'in the background',
    putTogether: put,
    putAlone: put,
    putOverflow: async () => ({ stored: false, cause: new Error('not needed here') }),
    onResharded: () => {},
    onTaken: () => {},
    onSettled: () => {},
    metrics: new Metrics().lane('s'),
    onFault,
    now: Date.now,
  })
}

const add = (lane: Lane, bytes = entry.bytes) =>
  new Promise<StoreResult>((settle) => lane.add({ ...entry, bytes }, settle))

it.each(Array.from({ length: 20 }, (_, hops) => hops))(
  'sends what is added at the very moment in which it runs dry (%i turns after the answer)',
  async (hops) => {
    const lane = makeLane()
    await add(lane)
    for (let turn = 0; turn < hops; turn++) await undefined
    const late = new Promise((resolve) => setTimeout(resolve, 500, 'never sent'))
    expect(await Promise.race([add(lane), late])).toMatchObject({ ok: true })
    await lane.drain()
    expect(lane.idle).toBe(true)
  },
)

it('goes on after an outage that began while a batch was open', async () => {
  let works = false
  const lane = makeLane(async (records) =>
    works ? stored(records) : records.map(() => ({ stored: false, throttled: false, cause: new Error('down') })),
  )
  const refused = add(lane)
  const open = add(lane, 10)
  expect(await refused).toMatchObject({ ok: false })
  expect(lane.state).toBe('down')
  expect(await open).toMatchObject({ ok: false })

  works = true
  await eventually(() => lane.state === 'kinesis')
  const late = new Promise((resolve) => setTimeout(resolve, 500, 'never sent'))
  expect(await Promise.race([add(lane), late])).toMatchObject({ ok: true })
})

it('answers all others when one fails to take its answer, and goes on', async () => {
  const faults: unknown[] = []
  const lane = makeLane(stored, (_message, cause) => faults.push(cause))
  const broken = new Error('the answer could not be written')
  lane.add({ ...entry, bytes: 10 }, () => {
    throw broken
  })
  expect(await add(lane)).toMatchObject({ ok: true })
  expect(faults).toEqual([broken])
  expect(await add(lane)).toMatchObject({ ok: true })
})

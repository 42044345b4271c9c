/** Of two who run one replay, the one who took it last goes on, and the other leaves its record alone. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { GenerationRun } from '../consumers/replay/generation-run.ts'
import { createGenerationStore, type GenerationStore } from '../consumers/replay/shapes/generation-store.ts'
import type { GenerationRecord } from '../consumers/replay/shapes/generations.ts'
import { noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment } from './support/stream.ts'

let stores: TestStores
let store: GenerationStore
let asked: GenerationRecord
let count = 0
const runs: GenerationRun[] = []

beforeAll(async () => {
  stores = await startStores()
})
afterAll(async () => {
  // Whatever still beats ends with its generation.
  for (const run of runs) await run.fail(new Error('the test is over'), noon)
  await stores.close()
})
beforeEach(async () => {
  const { clients, table } = await freshEnvironment(`generation-run-${++count}`)
  store = createGenerationStore(clients.dynamo, table('control'))
  asked = {
    id: 'asked',
    revision: 1,
    state: 'requested',
    sites: 'all',
    from: '2026-03-09',
    to: '2026-03-09',
    segments: [],
    source: 'archive',
    requestedAt: noon,
  }
  await store.create(asked)
})

async function take(record: GenerationRecord | undefined, now: number): Promise<GenerationRun> {
  if (!record) throw new Error('there is no such record')
  const run = await GenerationRun.take(store, record, now)
  runs.push(run)
  return run
}

it('is taken by one of several who saw the same', async () => {
  const taken = await Promise.allSettled([1, 2, 3, 4].map((i) => take(asked, noon + i)))
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const each of taken) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'not_taken' })

  const seen = await store.find('asked')
  const again = await Promise.allSettled([5, 6].map((i) => take(seen, noon + i)))
  expect(again.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

it('is stopped when another takes it, and neither fails nor finishes it for the other', async () => {
  const first = await take(asked, noon + 1)
  const second = await take(await store.find('asked'), noon + 2)
  await eventually(() => first.signal.aborted, { timeoutMs: 10_000 })
  expect(first.signal.reason).toMatchObject({ code: 'overtaken' })
  await first.fail(new Error('its threads were stopped'), noon + 3)
  await expect(first.finish({ finishedAt: noon + 3 })).rejects.toMatchObject({ code: 'overtaken' })
  expect(await store.find('asked')).toMatchObject({ state: 'running', startedAt: noon + 2 })

  await second.note({ segments: ['2026-03-09'] })
  await second.finish({ finishedAt: noon + 4 })
  expect(await store.find('asked')).toMatchObject({ state: 'ready', segments: ['2026-03-09'] })
})

it('says that it is alive while nothing is folded, and how far it has come', async () => {
  const run = await take(asked, noon + 1)
  const beat = async () => (await store.find('asked'))?.progress?.at
  const before = await eventually(beat, { timeoutMs: 10_000 })
  run.advance(30, 40)
  await eventually(async () => (await beat()) !== before, { timeoutMs: 10_000 })
  expect(await store.find('asked')).toMatchObject({ progress: { events: 30, expectedEvents: 40 } })
})

it('is stopped when its generation is dropped', async () => {
  const run = await take(asked, noon + 1)
  await store.change('asked', 'drop')
  await eventually(() => run.signal.aborted, { timeoutMs: 10_000 })
  await run.fail(new Error('its threads were stopped'), noon + 2)
  expect(await store.find('asked')).toMatchObject({ state: 'dropping' })
})

it('notes why it failed', async () => {
  const run = await take(asked, noon + 1)
  await run.fail(new Error('an object is missing'), noon + 2)
  expect(await store.find('asked')).toMatchObject({ state: 'failed', error: 'an object is missing' })
})

it('knows nothing of an earlier failure once somebody goes on', async () => {
  const failed = await take(asked, noon + 1)
  await failed.fail(new Error('an object is missing'), noon + 2)
  const run = await take(await store.find('asked'), noon + 3)
  for (const gone of ['error', 'finishedAt']) expect(await store.find('asked')).not.toHaveProperty(gone)
  await run.finish({ finishedAt: noon + 4 })
  expect(await store.find('asked')).not.toHaveProperty('error')
})

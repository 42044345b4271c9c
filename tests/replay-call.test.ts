/** When a task is called for the replays that wait, where nobody is there to take them up. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { callNext } from '../consumers/replay/call-next.ts'
import { createGenerationStore, type GenerationStore } from '../consumers/replay/shapes/generation-store.ts'
import { noon } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment } from './support/stream.ts'

const minuteMs = 60_000

let stores: TestStores
let store: GenerationStore
let prefix: string
let count = 0
beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.close())
beforeEach(async () => {
  prefix = `called-${++count}`
  const { clients, table } = await freshEnvironment(prefix)
  store = createGenerationStore(clients.dynamo, table('control'))
})

function ask(id: string, requestedAt: number) {
  const days = { from: '2026-03-09', to: '2026-03-09' }
  return store.create({
    id,
    revision: 1,
    state: 'requested',
    sites: 'all',
    ...days,
    segments: [],
    source: 'archive',
    requestedAt,
  })
}

/** Of looks a minute apart, those that called for a task, in minutes from noon. */
async function callsWithin(minutes: number, from = 0): Promise<number[]> {
  const calls: number[] = []
  for (let minute = from; minute < from + minutes; minute++)
    if (await callNext(store, noon + minute * minuteMs)) calls.push(minute)
  return calls
}

describe('a task', () => {
  it('is not called while nothing waits', async () => {
    expect(await callsWithin(3)).toEqual([])
  })

  it('is called for the one that waits longest, and given five minutes to come', async () => {
    await ask('later', noon)
    await ask('first', noon - 1)
    expect(await callNext(store, noon)).toEqual({ generation: 'first' })
    expect(await callsWithin(5)).toEqual([])
    expect(await callsWithin(1, 5)).toEqual([5])
    expect(await store.find('first')).toMatchObject({ state: 'requested', calls: { count: 2 } })
  })

  it('is not called while one is at work, which takes up the others too', async () => {
    await ask('first', noon)
    await ask('second', noon + 1)
    await callNext(store, noon)
    await store.change('first', 'claim', { startedAt: noon + minuteMs })
    const beat = (minute: number) =>
      store.change('first', 'progress', {
        progress: { events: 1, expectedEvents: null, at: noon + minute * minuteMs },
      })
    for (let minute = 1; minute < 20; minute++) {
      await beat(minute)
      expect(await callsWithin(1, minute)).toEqual([])
    }
    await store.change('first', 'finish')
    expect(await callNext(store, noon + 20 * minuteMs)).toEqual({ generation: 'second' })
  })

  it('is called again for what a task has left', async () => {
    await ask('first', noon)
    await callNext(store, noon)
    await store.change('first', 'claim', { startedAt: noon + minuteMs })
    // It dies at once: nothing is heard of it for more than a minute, and five since it was called.
    expect(await callsWithin(9, 1)).toEqual([5])
    expect(await store.find('first')).toMatchObject({ state: 'running', calls: { count: 2 } })
  })

  it('is called five times, and no more: then the replay has failed, and the next has its turn', async () => {
    await ask('deadly', noon)
    await ask('harmless', noon + 1)
    expect(await callsWithin(26)).toEqual([0, 5, 10, 15, 20])
    expect(await store.find('deadly')).toMatchObject({ state: 'failed', error: expect.stringContaining('5 tasks') })
    expect(await callNext(store, noon + 26 * minuteMs)).toEqual({ generation: 'harmless' })
  })

  it('is started by what the function answers', async () => {
    process.env.RETRACE_TABLE_PREFIX = `${prefix}-`
    const { handler } = await import('../consumers/replay/lambda.ts')
    expect(await handler()).toBeNull()
    await ask('first', Date.now())
    expect(await handler()).toEqual({ generation: 'first' })
    expect(await handler()).toBeNull()
  })
})

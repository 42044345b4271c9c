/** Isolation finds exactly the records that a consumer fails on, whatever else goes wrong meanwhile. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ShardConsumer, StreamRecord } from '../consumers/runtime/consumer.ts'
import { inStore, isStoreFault, StoreFault } from '../consumers/runtime/faults.ts'
import { type IsolationPolicy, Isolator } from '../consumers/runtime/isolation.ts'
import { isAfter } from '../stream/sequence.ts'

type Shard = { handled: string[]; position: string | undefined }

const recordsOf = (count: number): StreamRecord[] =>
  Array.from({ length: count }, (_, i) => ({ sequenceNumber: `${1000 + i}`, data: new Uint8Array(), arrivedAt: i }))

/**
 * A consumer whose state is the list of what it handled: kept when it is saved, lost when it is thrown away. A poison
 * record fails after others of its batch went into the state, as it does in a fold.
 */
function consumerOf(poison: ReadonlySet<string>, storeFails: () => boolean) {
  let saved: Shard = { handled: [], position: undefined }
  const quarantined = new Set<string>()
  const mayFail = async () => {
    if (storeFails()) throw new StoreFault('store_failed', 'down')
  }
  const open = async (): Promise<ShardConsumer> => {
    const state: Shard = structuredClone(saved)
    const advance = (sequence: string | undefined) => {
      if (sequence !== undefined && isAfter(sequence, state.position)) state.position = sequence
    }
    return {
      get position() {
        return state.position
      },
      async handle(records) {
        for (const { sequenceNumber } of records) {
          if (!isAfter(sequenceNumber, state.position)) continue
          if (poison.has(sequenceNumber)) throw new TypeError('a bug')
          state.handled.push(sequenceNumber)
        }
        await mayFail()
        advance(records.at(-1)?.sequenceNumber)
      },
      async passOver({ sequenceNumber }) {
        await mayFail()
        quarantined.add(sequenceNumber)
        advance(sequenceNumber)
      },
      async save() {
        await mayFail()
        saved = structuredClone(state)
      },
      async caughtUp() {},
      noted: undefined,
      isCurrent: async () => true,
      note: async () => {},
      end: async () => {},
    }
  }
  return { open, handled: () => saved.handled, quarantined }
}

const policy: IsolationPolicy = { retryAttempts: 2, bisect: true, retryDelayMs: 0 }
const isolatorOf = (open: () => Promise<ShardConsumer>, pauses: number[] = []) =>
  new Isolator({
    policy,
    reopen: open,
    pause: async (ms) => {
      pauses.push(ms)
    },
    onFault: () => {},
  })

describe('isolation', () => {
  it('handles every sound record once, in order, and passes over the others, while stores fail at random', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(59), { maxLength: 8 }),
        fc.integer({ min: 1, max: 60 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        async (count, poisonAt, batchSize, dice) => {
          const records = recordsOf(count)
          const poison = new Set(poisonAt.filter((i) => i < count).map((i) => `${1000 + i}`))
          const { open, handled, quarantined } = consumerOf(poison, () => dice.next().value === 0)
          let isolator = isolatorOf(open)
          for (let from = 0; from < count; from += batchSize) {
            const batch = records.slice(from, from + batchSize)
            for (let done = false; !done; ) {
              try {
                await isolator.handle(await open(), batch)
                done = true
              } catch (error) {
                expect(isStoreFault(error)).toBe(true)
                // The host dies and starts again.
                isolator = isolatorOf(open)
              }
            }
          }
          const all = records.map(({ sequenceNumber }) => sequenceNumber)
          expect(handled()).toEqual(all.filter((sequence) => !poison.has(sequence)))
          expect([...quarantined].sort()).toEqual([...poison].sort())
        },
      ),
      { numRuns: 300 },
    )
  })

  it('needs no more than two attempts for each halving, and the retries of the record', async () => {
    const records = recordsOf(4096)
    const { open, quarantined } = consumerOf(new Set(['3333']), () => false)
    let opened = 0
    const pauses: number[] = []
    const counting = async () => {
      opened++
      return open()
    }
    await isolatorOf(counting, pauses).handle(await open(), records)
    expect([...quarantined]).toEqual(['3333'])
    expect(opened).toBe(12 + 3)
    expect(pauses).toHaveLength(2)
  })

  it('takes a consumer that fails on a hundred records in a row for broken, and gives up no more', async () => {
    const records = recordsOf(150)
    const { open, quarantined } = consumerOf(new Set(records.map(({ sequenceNumber }) => sequenceNumber)), () => false)
    const isolator = isolatorOf(open)
    await expect(isolator.handle(await open(), records)).rejects.toThrow('100 records in a row failed')
    await expect(isolator.handle(await open(), records)).rejects.toThrow('100 records in a row failed')
    expect(quarantined.size).toBe(100)
  })
})

describe('a store fault', () => {
  it('is what a store did, also inside of another error, and whatever happens while something is written', async () => {
    expect(isStoreFault(Object.assign(new Error('throttled'), { $metadata: { httpStatusCode: 400 } }))).toBe(true)
    expect(isStoreFault(new Error('outer', { cause: new StoreFault('overtaken', 'inner') }))).toBe(true)
    const error = await inStore(() => Promise.reject(new TypeError('half written'))).catch((fault: unknown) => fault)
    expect(error).toMatchObject({ code: 'store_failed', retriable: true, cause: expect.any(TypeError) })
  })

  it('is not what our own code throws', () => {
    expect(isStoreFault(new TypeError('a bug'))).toBe(false)
    expect(isStoreFault('a string')).toBe(false)
  })
})

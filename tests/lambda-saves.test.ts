/** A function that saves seldom leaves what one leaves that saves always, whichever instances its batches go to. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamRecord } from '../consumers/runtime/consumer.ts'
import { batchOf, onSchedule } from './support/lambda.ts'
import {
  all,
  bring,
  LambdaWorld,
  only,
  settle,
  shardOf,
  silenceMs,
  succeeded,
  undisturbed,
} from './support/lambda-world.ts'
import { calm, memoryReader, stormy } from './support/memory.ts'
import { seededRandom } from './support/stream.ts'
import { wrapped } from './support/wrapped.ts'

type Step = {
  size: number
  instance: number
  before: 'nothing' | 'a cold start' | 'a schedule' | 'a batch again'
  passesMs: number
}

describe('the aggregator in Lambda, saved once a minute', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    size: fc.integer({ min: 1, max: 40 }),
    instance: fc.constantFrom(0, 1),
    before: fc.constantFrom('nothing', 'nothing', 'a cold start', 'a schedule', 'a batch again'),
    passesMs: fc.constantFrom(0, 1000, 20_000, silenceMs, 61_000),
  })

  it('leaves the same cells whatever instances take turns, start cold, fail, and are called by schedule', async () => {
    const expected = await undisturbed([only])
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom(0, 0.01, 0.05),
        async (steps, seed, chance) => {
          const lambda = new LambdaWorld([only], stormy(chance, seededRandom(seed)))
          const instances = [lambda.instance(), lambda.instance()]
          const handlerOf = (which: number) => () => instances[which] ?? lambda.instance()
          let from = 0
          let last: StreamRecord[] = []
          for (let i = 0; from < all.length; i++) {
            const { size, instance, before, passesMs } = steps[i % steps.length] as Step
            lambda.now += passesMs
            if (before === 'a cold start') instances[instance] = lambda.instance()
            if (before === 'a schedule') await settle(handlerOf(instance)())
            if (before === 'a batch again' && last.length > 0) await bring(handlerOf(instance), only.shardId, last)
            last = all.slice(from, from + size)
            await bring(handlerOf(instance), only.shardId, last)
            from += size
          }
          lambda.now += silenceMs
          await settle(lambda.instance())
          expect(lambda.world.cells.dump()).toEqual(expected)
          expect(await lambda.world.checkpoints(calm).unsaved('aggregator')).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)

  it('leaves the same cells when two instances are given the shard at the same time', async () => {
    const expected = await undisturbed([only])
    for (const seed of [1, 2, 3, 4, 5]) {
      const lambda = new LambdaWorld([only], stormy(0.01, seededRandom(seed)))
      const run = async (size: number) => {
        const handler = lambda.instance()
        for (let from = 0; from < all.length; from += size)
          await bring(() => handler, only.shardId, all.slice(from, from + size))
      }
      const schedule = async () => {
        for (let calls = 0; calls < 10; calls++) {
          lambda.now += silenceMs
          await settle(lambda.instance())
        }
      }
      await Promise.all([run(11), run(17), schedule()])
      lambda.now += silenceMs
      await settle(lambda.instance())
      expect(lambda.world.cells.dump()).toEqual(expected)
    }
  })

  it('saves with its first batch and then when a minute is over, and notes in between how far it is', async () => {
    const lambda = new LambdaWorld([only])
    const handler = lambda.instance()
    const left: unknown[] = []
    for (const [from, passesMs] of [
      [0, 0],
      [10, 1000],
      [20, 1000],
      [30, 60_000],
      [40, 1000],
    ] as const) {
      lambda.now += passesMs
      await handler(batchOf(only.shardId, all.slice(from, from + 10)))
      const checkpoint = await lambda.checkpoint()
      left.push([checkpoint?.sequence, checkpoint?.handled?.through])
    }
    expect(left).toEqual([
      ['1009', undefined],
      ['1009', '1019'],
      ['1009', '1029'],
      ['1039', undefined],
      ['1039', '1049'],
    ])
  })

  it('does not use warm state that was overtaken', async () => {
    const lambda = new LambdaWorld([only])
    const [first, second] = [lambda.instance(), lambda.instance()]
    const handled: string[] = []
    const third = lambda.instance((consumer) =>
      wrapped(consumer, (opened) => ({
        handle(records) {
          handled.push(...records.map(({ sequenceNumber }) => sequenceNumber))
          return opened.handle(records)
        },
      })),
    )
    await first(batchOf(only.shardId, all.slice(0, 10)))
    await third(batchOf(only.shardId, all.slice(10, 20)))
    await second(batchOf(only.shardId, all.slice(20, 30)))
    handled.length = 0
    // Warm at 1019, and everybody else is at 1029 and saved there.
    await third(batchOf(only.shardId, all.slice(30, 35)))
    expect(handled).toEqual(all.slice(30, 35).map(({ sequenceNumber }) => sequenceNumber))
    expect((await lambda.checkpoint())?.handled?.through).toBe('1034')
  })

  it('reads again, after a cold start, what lies between the save and the batch, once and no more', async () => {
    const lambda = new LambdaWorld([only])
    const handler = lambda.instance()
    for (const from of [0, 10, 20]) await handler(batchOf(only.shardId, all.slice(from, from + 10)))
    const handled: string[] = []
    const cold = lambda.instance((consumer) =>
      wrapped(consumer, (opened) => ({
        handle(records) {
          handled.push(...records.map(({ sequenceNumber }) => sequenceNumber))
          return opened.handle(records)
        },
      })),
    )
    await cold(batchOf(only.shardId, all.slice(30, 40)))
    expect(handled).toEqual(all.slice(10, 40).map(({ sequenceNumber }) => sequenceNumber))
    // Saved, so that whoever comes next does not read it a third time.
    expect(await lambda.checkpoint()).toMatchObject({ sequence: '1039', handled: undefined })
  })

  it('gives a batch back to Lambda, and passes nothing over, when it fails on what it had handled before', async () => {
    const lambda = new LambdaWorld([only])
    const handler = lambda.instance()
    for (const from of [0, 10]) await handler(batchOf(only.shardId, all.slice(from, from + 10)))
    const faults: unknown[] = []
    const broken = lambda.instance(
      (consumer) =>
        wrapped(consumer, (opened) => ({
          async handle(records) {
            if (records.some(({ sequenceNumber }) => sequenceNumber === '1015')) throw new TypeError('a bug')
            return opened.handle(records)
          },
        })),
      { onFault: (_, error) => faults.push(error) },
    )
    const answer = await broken(batchOf(only.shardId, all.slice(20, 30)))
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1020' }] })
    expect(faults).toMatchObject([{ code: 'store_failed', message: 'a bug' }])
    expect(await lambda.checkpoint()).toMatchObject({ sequence: '1009', handled: { through: '1019' } })
  })

  it('comes through when there is more to read again than an invocation has time for', async () => {
    const lambda = new LambdaWorld([only])
    const handler = lambda.instance()
    for (const from of [0, 10, 20, 30]) await handler(batchOf(only.shardId, all.slice(from, from + 10)))
    const slow = () =>
      lambda.instance((consumer) =>
        wrapped(consumer, (opened) => ({
          handle(records) {
            lambda.now += 20_000
            return opened.handle(records)
          },
        })),
      )
    const answers = []
    for (let i = 0; i < 3; i++) answers.push(await slow()(batchOf(only.shardId, all.slice(40, 50))))
    // Seven records a read: two reads reach the time limit, and the rest of the thirty is for the next ones.
    expect(answers).toEqual([
      { batchItemFailures: [{ itemIdentifier: '1040' }] },
      { batchItemFailures: [{ itemIdentifier: '1040' }] },
      succeeded,
    ])
    expect((await lambda.checkpoint())?.sequence).toBe('1049')
  })
})

describe('a shard that falls silent', () => {
  it('is written whole by the schedule, and left alone while somebody may go on with it', async () => {
    const lambda = new LambdaWorld([only])
    const handler = lambda.instance()
    for (let from = 0; from < all.length; from += 40) await handler(batchOf(only.shardId, all.slice(from, from + 40)))
    lambda.now += silenceMs - 2000
    await lambda.instance()(onSchedule)
    const expected = await undisturbed([only])
    expect(lambda.world.cells.dump()).not.toEqual(expected)
    lambda.now += 2000
    await lambda.instance()(onSchedule)
    expect(lambda.world.cells.dump()).toEqual(expected)
  })

  it('costs nothing any more once it is saved', async () => {
    const lambda = new LambdaWorld([only])
    await lambda.instance()(batchOf(only.shardId, all))
    lambda.now += silenceMs
    const before = await lambda.checkpoint()
    const listShards = () => Promise.reject(new Error('nobody needs it'))
    const reader = { ...memoryReader([only], calm), listShards }
    expect(await lambda.instance(undefined, { reader })(onSchedule)).toEqual(succeeded)
    expect(await lambda.checkpoint()).toEqual(before)
  })

  it('makes the schedule fail, and is tried again by the next, when a store does', async () => {
    const lambda = new LambdaWorld([only])
    const handler = lambda.instance()
    for (const from of [0, 40]) await handler(batchOf(only.shardId, all.slice(from, from + 40)))
    lambda.now += silenceMs
    const reader = { ...memoryReader([only], calm), open: () => ({ read: () => Promise.reject(new Error('down')) }) }
    await expect(lambda.instance(undefined, { reader })(onSchedule)).rejects.toThrow('1 silent shards')
    await lambda.instance()(onSchedule)
    expect(await lambda.checkpoint()).toMatchObject({ sequence: '1079', handled: undefined })
  })
})

it('a child begins with everything that its parents had handled, also what they had not saved', async () => {
  const parent = shardOf('shardId-000000000000', all.slice(0, 120))
  // The same events again: they are known as duplicates by what the parent handled last.
  const again = all.slice(60, 240).map((record, i) => ({ ...record, sequenceNumber: String(2000 + i) }))
  const child = shardOf('shardId-000000000001', again, [parent.shardId])
  const lambda = new LambdaWorld([parent, child])
  const handler = lambda.instance()
  for (let from = 0; from < 120; from += 40)
    await handler(batchOf(parent.shardId, parent.records.slice(from, from + 40)))
  for (let from = 0; from < again.length; from += 40)
    await lambda.instance()(batchOf(child.shardId, again.slice(from, from + 40)))
  lambda.now += silenceMs
  await settle(lambda.instance())
  expect(lambda.world.cells.dump()).toEqual(await undisturbed([parent, child]))
})

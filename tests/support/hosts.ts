/** Hosts that handle batches of any size, save now and then, and die: what a property tries consumers with. */
import fc from 'fast-check'
import type { Consumer, ShardConsumer } from '../../consumers/runtime/consumer.ts'
import { type FullShard, handleNext } from './shards.ts'

/** What a host does with a shard: handles so many records, then goes on, saves, or dies without saving. */
type Step = { batch: number; next: 'go on' | 'save' | 'die' }
const step: fc.Arbitrary<Step> = fc.record({
  batch: fc.integer({ min: 1, max: 40 }),
  next: fc.constantFrom('go on', 'go on', 'save', 'die'),
})
const script = fc.array(step, { maxLength: 12 })
/** For each shard one or two hosts that work on it at the same time. */
export const scripts = fc.array(fc.array(script, { minLength: 1, maxLength: 2 }), { minLength: 4, maxLength: 4 })
export const weatherSeed = fc.integer({ min: 1, max: 2 ** 31 })
export const failureChance = fc.constantFrom(0, 0.01, 0.1)

/** Works on a shard as a host does: what was rejected is thrown away and opened again from the last save. */
export async function host(consumer: Consumer, shard: FullShard, steps: readonly Step[]): Promise<void> {
  let open: ShardConsumer | undefined
  for (const { batch, next } of steps) {
    try {
      open ??= await consumer.open(shard)
      await handleNext(open, shard, batch)
      if (next === 'save') await open.save()
      if (next === 'die') open = undefined
    } catch {
      open = undefined
    }
  }
}

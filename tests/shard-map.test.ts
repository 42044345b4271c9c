import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareSequence, isAfter } from '../stream/sequence.ts'
import { createShardMap, type Shard } from '../stream/shard-map.ts'

const maxHashKey = 2n ** 128n - 1n

/** Shards that begin at these keys, as ListShards would list them. */
function shardsAt(starts: bigint[]): Shard[] {
  return starts.map((start, i) => ({ shardId: `s${i}`, startingHashKey: String(start), parents: [], closed: false }))
}

describe('the shard map', () => {
  it('names the shard whose range holds the routing key, for any split of the key space', () => {
    const starts = fc
      .uniqueArray(fc.bigInt({ min: 1n, max: maxHashKey }), { maxLength: 20 })
      .map((keys) => [0n, ...keys].sort((a, b) => (a < b ? -1 : 1)))
    fc.assert(
      fc.property(starts, fc.nat({ max: 2 ** 32 - 1 }), (keys, routing) => {
        const key = BigInt(routing) << 96n
        const expected = keys.filter((start) => start <= key).length - 1
        const shuffled = shardsAt(keys).reverse()
        expect(createShardMap(shuffled).owner(routing).shardId).toBe(`s${expected}`)
      }),
    )
  })

  it('leaves closed shards out', () => {
    const [parent, ...children] = shardsAt([0n, 0n, 2n ** 127n])
    const map = createShardMap([{ ...(parent as Shard), closed: true }, ...children])
    expect(map.owner(0).shardId).toBe('s1')
    expect(map.owner(2 ** 31).shardId).toBe('s2')
  })

  it('is refused for a stream without open shards', () => {
    expect(() => createShardMap([])).toThrow('no open shard')
  })
})

describe('sequence numbers', () => {
  it('compare as the integers they are', () => {
    const digits = fc.bigInt({ min: 0n, max: 2n ** 185n })
    fc.assert(
      fc.property(digits, digits, (a, b) => {
        const expected = a < b ? -1 : a > b ? 1 : 0
        expect(Math.sign(compareSequence(String(a), String(b)))).toBe(expected)
      }),
    )
  })

  it('all come after nothing', () => {
    expect(isAfter('0', undefined)).toBe(true)
    expect(isAfter('7', '7')).toBe(false)
  })
})

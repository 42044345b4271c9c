import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdMap } from '../consumers/aggregator/id-map.ts'

/** Few enough to come again, in both halves; and names that an id must not be taken for. */
const ids = Array.from(
  { length: 40 },
  (_, i) => `${(i % 8).toString(16).padStart(8, i < 20 ? '0' : 'f')}${'0000000'}${i % 5}`,
)
const others = ['', 'visitor', '0'.repeat(16), 'A'.repeat(16), 'a'.repeat(15), 'a'.repeat(17), 'ａ'.repeat(16)]
const names = fc.constantFrom(...ids, ...others, 'a'.repeat(16))
const steps = fc.array(fc.record({ name: names, value: fc.option(fc.nat()) }), { maxLength: 300 })

describe('an id map', () => {
  it('holds what a Map holds, whatever is set and deleted', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const [map, expected] = [new IdMap<number>(), new Map<string, number>()]
        for (const { name, value } of all) {
          if (value === null) expect(map.delete(name)).toBe(expected.delete(name))
          else {
            map.set(name, value)
            expected.set(name, value)
          }
          expect(map.get(name)).toBe(expected.get(name))
          expect(map.size).toBe(expected.size)
        }
        for (const name of [...ids, ...others]) expect(map.get(name)).toBe(expected.get(name))
        expect(new Map(map)).toEqual(expected)
      }),
    )
  })

  it('grows, and shrinks to nothing', () => {
    const map = new IdMap<string>()
    const many = Array.from({ length: 50_000 }, (_, i) =>
      Math.imul(i + 1, 0x9e3779b1)
        .toString(16)
        .replace('-', '')
        .padStart(16, '0'),
    )
    for (const id of many) map.set(id, id)
    expect(map.size).toBe(new Set(many).size)
    expect(many.every((id) => map.get(id) === id)).toBe(true)
    for (const id of many) map.delete(id)
    expect([map.size, ...map]).toEqual([0])
  })
})

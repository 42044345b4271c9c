import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgingMap } from '../consumers/aggregator/aging-map.ts'
import { IntervalSet } from '../consumers/aggregator/interval-set.ts'
import { decodeCell, emptyCell, encodeCell, figuresOf, mergeCell } from '../consumers/aggregator/shapes/cell.ts'
import { cellText, parseCellKey, seriesOf } from '../consumers/aggregator/shapes/cell-key.ts'
import { VisitorSketch } from '../consumers/aggregator/shapes/visitor-sketch.ts'
import { noon } from './support/events.ts'

/** 32-bit hashes as visitors have them. */
function hashOf(n: number): number {
  return hash('sha1', String(n), 'buffer').readUInt32BE(0)
}

const sketchOf = (hashes: Iterable<number>) => {
  const sketch = new VisitorSketch()
  for (const hash of hashes) sketch.add(hash)
  return sketch
}
const visitors = (from: number, count: number) => Array.from({ length: count }, (_, i) => hashOf(from + i))

describe('interval sets', () => {
  it('are sets of numbers, in any order of adding', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40 })), (numbers) => {
        const set = new IntervalSet()
        const seen = new Set<number>()
        for (const n of numbers) {
          expect(set.add(n)).toBe(!seen.has(n))
          seen.add(n)
        }
        const bounds = set.toJson()
        expect(bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] as number))).toBe(true)
      }),
    )
  })

  it('stay one range for numbers in order', () => {
    const set = new IntervalSet()
    for (let n = 0; n < 1000; n++) set.add(n)
    expect(set.toJson()).toEqual([0, 1000])
  })
})

describe('aging maps', () => {
  it('keep what was touched and forget what was not, by the stream time alone', () => {
    const map = new AgingMap<number>(1000, 100)
    map.advance(noon)
    map.set('site', 'kept', 1)
    map.set('site', 'left', 2)
    map.advance(noon + 1000)
    expect(map.get('site', 'kept')).toBe(1)
    map.advance(noon + 2000)
    expect([map.get('site', 'kept'), map.get('site', 'left')]).toEqual([1, undefined])
  })

  it('stay within their bound', () => {
    const map = new AgingMap<number>(1_000_000, 100)
    for (let i = 0; i < 1000; i++) {
      map.advance(noon)
      map.set(`site-${i % 3}`, String(i), i)
    }
    expect(map.size).toBeLessThanOrEqual(100)
    expect(map.get('site-0', '999')).toBe(999)
  })
})

describe('visitor sketches', () => {
  it('are exact up to 512', () => {
    const hashes = visitors(0, 512)
    expect(sketchOf([...hashes, ...hashes]).count).toBe(512)
  })

  it.each([1000, 10_000, 100_000])('are within 2 %% at %i, as a root mean square over runs', (count) => {
    const errors = [1, 2, 3, 4, 5, 6].map((run) => sketchOf(visitors(run * 10_000_000, count)).count / count - 1)
    for (const [run, error] of errors.entries()) expect(Math.abs(error), `run ${run}`).toBeLessThan(3 * 0.0115)
    expect(Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)).toBeLessThan(0.02)
  })

  it('merge to the sketch of the union, in any order and grouping, to the byte', () => {
    const part = fc.record({ from: fc.nat({ max: 900 }), count: fc.nat({ max: 900 }) })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const sketches = () => parts.map(({ from, count }) => sketchOf(visitors(from, count)))
        const merge = (all: VisitorSketch[]) => {
          const merged = new VisitorSketch()
          for (const sketch of all) merged.merge(sketch)
          return merged.toText()
        }
        const union = sketchOf(parts.flatMap(({ from, count }) => visitors(from, count))).toText()
        expect(merge(sketches())).toBe(union)
        expect(merge(sketches().reverse())).toBe(union)
        expect(VisitorSketch.fromText(union).toText()).toBe(union)
      }),
      { numRuns: 50 },
    )
  })
})

describe('cells', () => {
  it('come back as they were, whatever values are called', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        const cell = emptyCell()
        for (const value of ['__proto__', ...values]) {
          const figures = figuresOf(cell, 'page', value)
          figures.pageviews += 1
          figures.visitors.add(hashOf(value.length))
        }
        expect(decodeCell(encodeCell(cell))).toEqual(cell)
      }),
      { numRuns: 50 },
    )
  })

  it('are the same bytes in whichever order they were counted', () => {
    const counted = (values: string[]) => {
      const cell = emptyCell()
      for (const value of values) figuresOf(cell, 'browser', value).clicks++
      return encodeCell(cell)
    }
    expect(counted(['b', 'a', 'c']).equals(counted(['c', 'b', 'a']))).toBe(true)
  })

  it('add up', () => {
    const one = emptyCell()
    figuresOf(one, 'page', '/').pageviews = 3
    one.totals.pageviews = 3
    const sum = emptyCell()
    mergeCell(sum, one)
    mergeCell(sum, one)
    expect(sum.totals.pageviews).toBe(6)
    expect(figuresOf(sum, 'page', '/').pageviews).toBe(6)
  })

  it('stand under keys that sort by time and can be read back', () => {
    for (const granularity of ['minute', 'hour', 'day'] as const) {
      const start = granularity === 'day' ? Date.parse('2026-03-10') : noon
      const key = { site: 'a.b', granularity, start, segment: '2026-03-11', generation: 'live', shardId: 'shardId-1' }
      expect(parseCellKey(seriesOf(key.site, granularity), cellText(key))).toEqual(key)
      expect(cellText({ ...key, start: start + 86_400_000 }) > cellText(key)).toBe(true)
    }
  })
})

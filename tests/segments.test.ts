/** Arrival segments: they cover all time once, and what has ended stays as it is. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Cut,
  cutsFromJson,
  cutsToJson,
  dayOfSegment,
  type Segment,
  segmentsBetween,
  segmentsOf,
} from '../consumers/aggregator/shapes/segments.ts'
import { noon } from './support/events.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const midnight = noon - 12 * hourMs

/** Times of three days, often the same and often on a boundary. */
const time = fc.oneof(
  fc.integer({ min: midnight, max: midnight + 3 * dayMs - 1 }),
  fc.integer({ min: 0, max: 3 * 24 }).map((hour) => midnight + hour * hourMs),
)
const cuts = fc
  .uniqueArray(time, { maxLength: 12 })
  .map((times): Cut[] => times.sort((a, b) => a - b).map((at) => ({ at })))

describe('segments', () => {
  it('are UTC days, numbered behind cuts', () => {
    const list = [{ at: noon }, { at: noon + hourMs }, { at: midnight + dayMs }]
    expect(segmentsBetween(segmentsOf(list), midnight, midnight + 2 * dayMs)).toEqual([
      { name: '2026-03-10', start: midnight, end: noon },
      { name: '2026-03-10.1', start: noon, end: noon + hourMs },
      { name: '2026-03-10.2', start: noon + hourMs, end: midnight + dayMs },
      { name: '2026-03-11', start: midnight + dayMs, end: midnight + 2 * dayMs },
    ])
  })

  it('follow one another without a gap or an overlap, each under a name of its own', () => {
    fc.assert(
      fc.property(cuts, time, time, (list, one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other) + 1]
        const segments = segmentsBetween(segmentsOf(list), from, to)
        const edges = segments.flatMap(({ start, end }) => [start, end])
        expect(edges.slice(1, -1).filter((_, i) => i % 2 === 0)).toEqual(edges.slice(2).filter((_, i) => i % 2 === 0))
        expect(edges[0]).toBeLessThanOrEqual(from)
        expect(edges.at(-1)).toBeGreaterThanOrEqual(to)
        for (const { start, end } of segments) expect(start).toBeLessThan(end)
        expect(new Set(segments.map(({ name }) => name)).size).toBe(segments.length)
        const boundaries = new Set([
          ...list.map(({ at }) => at),
          ...[0, 1, 2, 3, 4].map((day) => midnight + day * dayMs),
        ])
        for (const { start, end } of segments)
          expect([boundaries.has(start), boundaries.has(end)]).toEqual([true, true])
      }),
    )
  })

  it('are the same whatever was asked for before', () => {
    fc.assert(
      fc.property(cuts, fc.array(time, { maxLength: 50 }), (list, times) => {
        const asked = segmentsOf(list)
        for (const at of times) {
          const segment = asked(at)
          expect(segment).toEqual(segmentsOf(list)(at))
          expect(at >= segment.start && at < segment.end).toBe(true)
        }
      }),
    )
  })

  it('are one object for as long as two of them alternate', () => {
    const segmentOf = segmentsOf([{ at: noon }])
    const found = [0, 1, 2, 3, 4, 5].map((i) => segmentOf(noon - (i % 2)))
    expect(new Set<Segment>(found).size).toBe(2)
  })

  it('stay as they are when a cut is made behind their end', () => {
    fc.assert(
      fc.property(cuts, time, time, (list, cut, at) => {
        const more = [...list.filter((known) => known.at !== cut), { at: cut }].sort((a, b) => a.at - b.at)
        const segment = segmentsOf(list)(at)
        if (segment.end <= cut) expect(segmentsOf(more)(at)).toEqual(segment)
        else if (at < cut) expect(segmentsOf(more)(at)).toEqual({ ...segment, end: Math.min(segment.end, cut) })
      }),
    )
  })

  it('name the day that they lie in', () => {
    fc.assert(
      fc.property(cuts, time, (list, at) => {
        expect(dayOfSegment(segmentsOf(list)(at).name)).toBe(Math.floor(at / dayMs) * dayMs)
      }),
    )
  })

  it.each(['', '2026-11-31', '2026-11-25.0', '2026-11-25.01', '2026-11-25#live', '2026-11-25.', 'live'])(
    'are not called %j',
    (name) => {
      expect(() => dayOfSegment(name)).toThrow('no arrival segment')
    },
  )
})

describe('stored cuts', () => {
  it('are read as they were written', () => {
    const list = [{ at: noon }, { at: noon + 1, rules: 'a1b2' }]
    expect(cutsFromJson(cutsToJson(list))).toEqual(list)
  })

  it.each([
    '{}',
    '[{"at":2},{"at":1}]',
    '[{"at":1},{"at":1}]',
    '[{}]',
    '[null]',
    '[{"at":1.5}]',
    '[{"at":1,"rules":""}]',
  ])('are refused when they are %s', (json) => {
    expect(() => cutsFromJson(json)).toThrow(/cut/)
  })
})

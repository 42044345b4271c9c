/** The detector of one series: what it may know, what it finds, and what it costs. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DetectorPart,
  detectorParts,
  SeriesDetector,
} from '../consumers/anomaly-detector/series/series-detector.ts'
import { dailySeries, firstAt, type Row, stepMs, stepsADay } from './support/series.ts'

const threshold = 0.99

const judge = (rows: readonly Row[], detector = new SeriesDetector()) =>
  rows.map(({ at, value }) => detector.add(at, value))
const scores = (rows: readonly Row[], detector?: SeriesDetector) => judge(rows, detector).map(({ score }) => score)
const alarms = (rows: readonly Row[], without: DetectorPart[] = []) =>
  scores(rows, new SeriesDetector({ without })).flatMap((score, i) => (score >= threshold ? [i] : []))

/** Any numbers at any times, most of them in steps as series have them. */
const anySeries = fc
  .array(
    fc.record({
      gapMs: fc.oneof({ weight: 9, arbitrary: fc.constant(stepMs) }, fc.integer({ min: -stepMs, max: 100 * stepMs })),
      value: fc.oneof(
        fc.integer({ min: 0, max: 100 }),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
      ),
    }),
    { minLength: 1, maxLength: 400, size: 'max' },
  )
  .map((steps) => {
    let at = firstAt
    return steps.map(({ gapMs, value }): Row => {
      at += gapMs
      return { at, value }
    })
  })

describe('a series detector', () => {
  it('scores within 0 and 1, by what came before alone', () => {
    fc.assert(
      fc.property(anySeries, fc.nat(), (rows, at) => {
        const whole = scores(rows)
        const length = at % rows.length
        expect(scores(rows.slice(0, length))).toEqual(whole.slice(0, length))
        for (const score of whole) expect(score >= 0 && score <= 1).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('goes on from a saved state to the same judgements, wherever it was saved', () => {
    fc.assert(
      fc.property(anySeries, fc.nat(), (rows, at) => {
        const whole = judge(rows)
        const length = at % rows.length
        const before = new SeriesDetector()
        judge(rows.slice(0, length), before)
        const after = SeriesDetector.load(before.save())
        expect(judge(rows.slice(length), after)).toEqual(whole.slice(length))
      }),
      { numRuns: 60 },
    )
  })

  it('does so too once its memory is full, and saves the same bytes', () => {
    const rows = dailySeries(10)
    const whole = new SeriesDetector()
    const judgements = judge(rows, whole)
    for (const length of [999, 1000, 1001, 1999, 2000, 2001, 2500]) {
      const before = new SeriesDetector()
      judge(rows.slice(0, length), before)
      const after = SeriesDetector.load(before.save())
      expect(judge(rows.slice(length), after)).toEqual(judgements.slice(length))
      expect(after.save()).toEqual(whole.save())
    }
  })

  it('keeps less than 16 KiB, however long the series is', () => {
    const detector = new SeriesDetector()
    const atFirst = detector.save().length
    judge(dailySeries(40), detector)
    expect(detector.save().length).toBe(atFirst)
    expect(atFirst).toBeLessThanOrEqual(16 * 1024)
  })

  it('refuses bytes that are no state of it, and numbers that are none', () => {
    const bytes = new SeriesDetector().save()
    expect(() => SeriesDetector.load(bytes.slice(1))).toThrow(/state of version 1/)
    expect(() => SeriesDetector.load(new Uint8Array(bytes.length))).toThrow(/state of version 1/)
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new SeriesDetector().add(firstAt, number)).toThrow(RangeError)
      expect(() => new SeriesDetector().add(number, 1)).toThrow(RangeError)
    }
  })

  it('is silent on a flat line, and on a day that repeats to the digit', () => {
    expect(alarms(dailySeries(14).map(({ at }) => ({ at, value: 45 })))).toEqual([])
    const wave = (value: number, step: number) => value * 0 + 100 * Math.sin((2 * Math.PI * step) / stepsADay)
    expect(alarms(dailySeries(14, 1, wave))).toEqual([])
  })

  it.each([
    ['twice the traffic', (value: number) => value * 2],
    ['a site gone silent', () => 0],
    ['a peak of one value', (value: number, since: number) => (since === 0 ? value + 500 : value)],
    ['night traffic in the afternoon', (value: number) => value - 200],
  ])('tells %s within three values', (_, change) => {
    const at = 16 * stepsADay + 170
    const rows = dailySeries(17, 5, (value, step) => (step >= at && step < at + 12 ? change(value, step - at) : value))
    expect(alarms(rows).filter((step) => step >= at && step < at + 3)).not.toEqual([])
  })

  it('means the same by a score whatever the unit of a series', () => {
    const rows = dailySeries(14, 3)
    const plain = scores(rows)
    const scaled = scores(rows.map(({ at, value }) => ({ at, value: value * 1024 })))
    expect(scaled).toEqual(plain)
  })

  it('calls about one value in a hundred or fewer surprising where nothing happens', () => {
    const values = [1, 2, 3, 4, 5].flatMap((seed) => judge(dailySeries(28, seed)).slice(7 * stepsADay))
    const share = (least: number) => values.filter(({ surprise }) => surprise >= least).length / values.length
    expect(share(0.99)).toBeLessThan(0.01)
    expect(share(0.999)).toBeLessThan(0.001)
    const raised = values.filter(({ score }) => score >= threshold).length / values.length
    expect(raised).toBeLessThan(0.001)
  })

  it('expects a band that holds all but one value in some hundred', () => {
    const judged = dailySeries(28, 9).map((row, i, rows) => ({ row, i, rows }))
    const detector = new SeriesDetector()
    let outside = 0
    let all = 0
    for (const { row, i } of judged) {
      const { expected, low, high } = detector.add(row.at, row.value)
      if (i < stepsADay) expect(expected).toBeUndefined()
      if (i < 7 * stepsADay || low === undefined || high === undefined || expected === undefined) continue
      expect(low <= expected && expected <= high).toBe(true)
      all++
      if (row.value < low || row.value > high) outside++
    }
    expect(all).toBe(21 * stepsADay)
    expect(outside / all).toBeLessThan(0.005)
  })

  it('judges 100,000 values a second on one core', () => {
    const rows = dailySeries(100, 2)
    judge(rows)
    const rate = Math.max(
      ...[1, 2, 3].map(() => {
        const before = process.cpuUsage()
        judge(rows)
        const { user, system } = process.cpuUsage(before)
        return rows.length / ((user + system) / 1e6)
      }),
    )
    expect(rate).toBeGreaterThan(100_000)
  })

  it.each(detectorParts)('can do without %s, for the ablation', (part) => {
    const rows = dailySeries(21, 4, (value, step) => (step > 5000 && step < 5060 ? value * 3 : value))
    const [complete, lacking] = [scores(rows), scores(rows, new SeriesDetector({ without: [part] }))]
    expect(lacking).not.toEqual(complete)
  })
})

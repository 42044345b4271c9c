/** The dashboard's pure code: what a period is, which cells it is read from, and what they add up to. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparedRange } from '../dashboard/page/state/comparison.ts'
import { intervalsFor, localNow, rangeOf } from '../dashboard/page/state/period.ts'
import { bucketIndex, bucketStarts } from '../dashboard/query/buckets.ts'
import { type Period, type PeriodQuery, parsePeriod } from '../dashboard/query/period.ts'
import { planRanges, rangesBefore, rangesSince } from '../dashboard/query/plan.ts'
import { instantOf, localTime } from '../dashboard/query/time-zone.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const now = Date.parse('2026-11-23T10:20:30Z')

function period(query: PeriodQuery, timeZone = 'UTC', at = now): Period {
  const result = parsePeriod(query, { timeZone }, at)
  if (!result.ok) throw new Error(result.message)
  return result.period
}

const iso = (at: number) => new Date(at).toISOString().slice(0, 16)

describe('a period', () => {
  it('is today in the zone of the site when nothing is asked for', () => {
    const today = period({}, 'Asia/Tokyo', Date.parse('2026-11-23T20:00:00Z'))
    expect([iso(today.from), iso(today.to)]).toEqual(['2026-11-23T15:00', '2026-11-24T15:00'])
    expect(today.interval).toBe('hour')
  })

  it('includes the day of a to that is a date, and ends before a to that is a time', () => {
    expect(iso(period({ from: '2026-11-01', to: '2026-11-02' }).to)).toBe('2026-11-03T00:00')
    expect(iso(period({ from: '2026-11-01', to: '2026-11-02T06:00Z' }).to)).toBe('2026-11-02T06:00')
  })

  it('takes times with an offset, with one whose plus was not escaped, and local ones', () => {
    const from = (text: string) => iso(period({ from: text, to: '2026-11-24' }, 'Europe/Berlin').from)
    expect(from('2026-11-02T06:00+02:00')).toBe('2026-11-02T04:00')
    expect(from('2026-11-02T06:00 02:00')).toBe('2026-11-02T04:00')
    expect(from('2026-11-02T06:00:00.000-0330')).toBe('2026-11-02T09:30')
    expect(from('2026-11-02T06:00')).toBe('2026-11-02T05:00')
  })

  it.each([
    [{ from: 'yesterday' }, 'from must be a date'],
    [{ from: '2026-02-31' }, 'from must be a date'],
    [{ from: '2026-11-02T25:00Z' }, 'from must be a date'],
    [{ from: '2026-11-02', to: '2026-11-01' }, 'from must be before to'],
    [{ from: '2026-11-02', to: 'now' }, 'to must be a date'],
    [{ to: '2026-11-02' }, 'to needs from'],
    [{ tz: 'Mars/Olympus' }, 'tz must be a time zone'],
    [{ from: '2026-11-01', to: '2026-11-02', interval: 'minute' }, 'interval=minute goes back 48 hours'],
    [{ from: '2020-01-01', to: '2026-11-02', interval: 'hour' }, 'a period may have 3000 intervals'],
  ] as const)('says what is wrong with %j', (query, message) => {
    expect(parsePeriod(query, { timeZone: 'UTC' }, now)).toMatchObject({
      ok: false,
      message: expect.stringContaining(message),
    })
  })

  it.each([
    ['2026-11-23T09:00Z', '2026-11-23T10:00Z', 'minute'],
    ['2026-11-22', '2026-11-23', 'hour'],
    ['2026-10-01', '2026-11-23', 'day'],
    ['2026-07-01', '2026-11-23', 'week'],
    ['2025-12-01', '2026-11-23', 'month'],
  ])('from %s to %s is charted by the %s', (from, to, interval) => {
    expect(period({ from, to }).interval).toBe(interval)
  })
})

describe('buckets', () => {
  const counts = (day: string, timeZone: string) => {
    const { starts, from, to } = period({ from: day, to: day, interval: 'hour' }, timeZone)
    return [starts.length, (to - from) / hourMs]
  }

  it('are 23 hours on the day when clocks go forward and 25 when they go back', () => {
    expect(counts('2026-03-29', 'Europe/Berlin')).toEqual([23, 23])
    expect(counts('2026-10-25', 'Europe/Berlin')).toEqual([25, 25])
    expect(counts('2026-10-24', 'Europe/Berlin')).toEqual([24, 24])
    expect(counts('2026-03-08', 'America/New_York')).toEqual([23, 23])
    expect(counts('2026-11-01', 'America/New_York')).toEqual([25, 25])
  })

  it('are a half hour long where clocks change by so much, at the end of the hour that it cuts', () => {
    // Lord Howe Island: 10:30 ahead of UTC in winter, 11 in summer.
    expect(counts('2026-10-04', 'Australia/Lord_Howe')).toEqual([24, 23.5])
    expect(counts('2026-04-05', 'Australia/Lord_Howe')).toEqual([25, 24.5])
    const { starts, to } = period({ from: '2026-10-04', to: '2026-10-04', interval: 'hour' }, 'Australia/Lord_Howe')
    const minutes = starts.map((start, i) => ((starts[i + 1] ?? to) - start) / 60_000)
    expect(minutes.filter((length) => length !== 60)).toEqual([30])
  })

  it('begin at one o’clock on a day that has no midnight', () => {
    const from = period({ from: '2026-04-24', to: '2026-04-24' }, 'Africa/Cairo').from
    expect(iso(localTime('Africa/Cairo', from))).toBe('2026-04-24T01:00')
  })

  it('are local days, weeks from Monday and months, the first cut at the start of the period', () => {
    const starts = (interval: 'day' | 'week' | 'month') =>
      period({ from: '2026-10-22', to: '2026-11-04', interval }, 'Europe/Berlin').starts.map(iso)
    expect(starts('day').slice(2, 5)).toEqual(['2026-10-23T22:00', '2026-10-24T22:00', '2026-10-25T23:00'])
    expect(starts('week')).toEqual(['2026-10-21T22:00', '2026-10-25T23:00', '2026-11-01T23:00'])
    expect(starts('month')).toEqual(['2026-10-21T22:00', '2026-10-31T23:00'])
  })

  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'America/Havana')
  const instants = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) })

  it('ascend, lie in the period, and each holds its own start, in every zone', () => {
    fc.assert(
      fc.property(zones, instants, fc.constantFrom('hour', 'day', 'week', 'month'), (zone, from, interval) => {
        const to = from + 40 * dayMs
        const starts = bucketStarts(from, to, interval, zone)
        expect(starts[0]).toBe(from)
        for (const [i, start] of starts.entries()) {
          expect(bucketIndex(starts, start)).toBe(i)
          expect(start).toBeLessThan(starts[i + 1] ?? to)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('know the instant of every local time that there is', () => {
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        const local = localTime(zone, at)
        expect(localTime(zone, instantOf(zone, local))).toBe(local)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the plan of a period', () => {
  const plan = (query: PeriodQuery, timeZone = 'UTC') =>
    planRanges(period(query, timeZone), now).map(({ granularity, from, to }) => [granularity, iso(from), iso(to)])

  it('reads whole UTC days as days, and the running one by its hours', () => {
    expect(plan({ from: '2026-10-25', to: '2026-11-23' })).toEqual([
      ['day', '2026-10-25T00:00', '2026-11-23T00:00'],
      ['hour', '2026-11-23T00:00', '2026-11-24T00:00'],
    ])
  })

  it('reads a day by its hours until its own cells are settled', () => {
    const yesterday = period({ from: '2026-11-22', to: '2026-11-22', interval: 'day' }, 'UTC')
    const planAt = (time: string) => planRanges(yesterday, Date.parse(time)).map(({ granularity }) => granularity)
    expect(planAt('2026-11-23T00:14:59Z')).toEqual(['hour'])
    expect(planAt('2026-11-23T00:15:00Z')).toEqual(['day'])
  })

  it('reads local days as hours where they are no UTC days', () => {
    expect(plan({ from: '2026-11-01', to: '2026-11-07' }, 'Europe/Berlin')).toEqual([
      ['hour', '2026-10-31T23:00', '2026-11-07T23:00'],
    ])
  })

  it('reads local weeks as days with hours at their ends', () => {
    expect(plan({ from: '2026-11-02', to: '2026-11-15', interval: 'week' }, 'Europe/Berlin')).toEqual([
      ['day', '2026-11-02T00:00', '2026-11-08T00:00'],
      ['day', '2026-11-09T00:00', '2026-11-15T00:00'],
      ['hour', '2026-11-01T23:00', '2026-11-02T00:00'],
      ['hour', '2026-11-08T00:00', '2026-11-09T00:00'],
      ['hour', '2026-11-15T00:00', '2026-11-15T23:00'],
    ])
  })

  it('reads an hour that a time of day cuts by the minute, while minutes are kept', () => {
    expect(plan({ from: '2026-11-22', to: '2026-11-22T10:20Z', interval: 'hour' })).toEqual([
      ['hour', '2026-11-22T00:00', '2026-11-22T10:00'],
      ['minute', '2026-11-22T10:00', '2026-11-22T10:20'],
    ])
    expect(plan({ from: '2026-11-12', to: '2026-11-12T10:20Z', interval: 'hour' })).toEqual([
      ['hour', '2026-11-12T00:00', '2026-11-12T11:00'],
    ])
  })

  it('covers every hour of a period exactly once, in every zone and interval', () => {
    const queries = fc.record({
      zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
      first: fc.integer({ min: 0, max: 300 }),
      days: fc.integer({ min: 1, max: 60 }),
      interval: fc.constantFrom('hour', 'day', 'week', 'month'),
    })
    fc.assert(
      fc.property(queries, ({ zone, first, days, interval }) => {
        const date = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)
        const wanted = period({ from: date(first), to: date(first + days - 1), interval }, zone)
        const ranges = planRanges(wanted, now).sort((a, b) => a.from - b.from)
        const firstHour = Math.ceil(wanted.from / hourMs) * hourMs
        const reached = ranges.reduce((at, range) => {
          expect(range.from).toBe(at)
          return range.to
        }, firstHour)
        expect(reached).toBe(Math.ceil(wanted.to / hourMs) * hourMs)
      }),
      { numRuns: 60 },
    )
  })

  it('is cut into what may still change and what has ended', () => {
    const ranges = planRanges(period({ from: '2026-11-22', to: '2026-11-23', interval: 'hour' }, 'Europe/Berlin'), now)
    const since = now - 2 * hourMs
    expect(rangesSince(ranges, since).map(({ from }) => Math.ceil(from / hourMs) * hourMs)).toEqual([
      Date.parse('2026-11-23T08:00:00Z'),
    ])
    expect(rangesBefore(ranges, since).at(-1)?.to).toBe(rangesSince(ranges, since)[0]?.from)
  })
})

describe('the periods of the page', () => {
  const previous = { compare: 'previous', compareFrom: undefined, compareTo: undefined } as const

  it('are dates in the zone of the site', () => {
    expect(localNow('America/New_York', Date.parse('2026-11-23T03:05:00Z'))).toEqual({
      date: '2026-11-22',
      time: '22:05',
    })
  })

  it.each([
    ['today', '2026-11-23', '2026-11-23', '2026-11-22', '2026-11-22'],
    ['7d', '2026-11-17', '2026-11-23', '2026-11-10', '2026-11-16'],
    ['month', '2026-11-01', '2026-11-23', '2026-10-09', '2026-10-31'],
    ['12mo', '2025-12-01', '2026-11-23', '2024-12-01', '2025-11-30'],
  ] as const)('%s is %s to %s, compared with %s to %s', (name, from, to, beforeFrom, beforeTo) => {
    const range = rangeOf({ period: name }, '2026-11-23', null)
    expect(range).toEqual({ from, to })
    expect(comparedRange({ period: name }, range, previous)).toEqual({ from: beforeFrom, to: beforeTo })
  })
  it('of a part of a day are compared with the same part of the day before, or of the year before', () => {
    const choice = { period: 'custom' } as const
    const hour = { from: '2028-02-29T23:00', to: '2028-03-01T00:00' }
    expect(comparedRange(choice, hour, previous)).toEqual({ from: '2028-02-28T23:00', to: '2028-02-29T00:00' })
    const days = { from: '2028-02-29', to: '2028-03-01' }
    expect(comparedRange(choice, days, { ...previous, compare: 'year' })).toEqual({
      from: '2027-02-28',
      to: '2027-03-01',
    })
    expect(comparedRange(choice, days, { ...previous, compare: 'none' })).toBeUndefined()
  })

  it('are divided into minutes while those are kept', () => {
    const at = '2026-11-23T10:20'
    expect(intervalsFor({ from: '2026-11-23T09:00', to: '2026-11-23T10:00' }, at)).toEqual(['minute', 'hour'])
    expect(intervalsFor({ from: '2026-11-20T09:00', to: '2026-11-20T10:00' }, at)).toEqual(['hour'])
    expect(intervalsFor({ from: '2026-11-23', to: '2026-11-23' }, at)).toEqual(['hour', 'minute'])
    expect(intervalsFor({ from: '2026-11-21', to: '2026-11-21' }, at)).toEqual(['hour'])
  })
})

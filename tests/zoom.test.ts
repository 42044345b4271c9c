/** Which period a closer look at points of the chart is. */
import { describe, expect, it } from 'vitest'
import type { Interval } from '../dashboard/answers.ts'
import { zoomInto } from '../dashboard/page/state/zoom.ts'
import { bucketStarts } from '../dashboard/query/buckets.ts'

const now = Date.parse('2026-11-23T10:20:00Z')

/** A chart of `[from, to)`. */
function chart(from: string, to: string, interval: Interval, timeZone = 'UTC') {
  const [start, end] = [Date.parse(from), Date.parse(to)]
  const bounds = [...bucketStarts(start, end, interval, timeZone), end]
  return { interval, bounds, timeZone, now }
}

describe('a closer look', () => {
  it('at days, weeks and months is their dates', () => {
    const months = chart('2026-09-01T00:00Z', '2026-12-01T00:00Z', 'month')
    expect(zoomInto(months, 1, 1)).toEqual({ from: '2026-10-01', to: '2026-10-31' })
    const days = chart('2026-11-16T23:00Z', '2026-11-23T23:00Z', 'day', 'Europe/Berlin')
    expect(zoomInto(days, 2, 4)).toEqual({ from: '2026-11-19', to: '2026-11-21' })
    // The week is cut at the start of the period.
    const weeks = chart('2026-11-04T00:00Z', '2026-11-16T00:00Z', 'week')
    expect(zoomInto(weeks, 0, 0)).toEqual({ from: '2026-11-04', to: '2026-11-08' })
  })

  it('at hours is times of day there, and a date where it is all of one', () => {
    const hours = chart('2026-11-21T23:00Z', '2026-11-23T23:00Z', 'hour', 'Europe/Berlin')
    expect(zoomInto(hours, 33, 33)).toEqual({ from: '2026-11-23T09:00', to: '2026-11-23T10:00' })
    expect(zoomInto(hours, 20, 25)).toEqual({ from: '2026-11-22T20:00', to: '2026-11-23T02:00' })
    expect(zoomInto(hours, 24, 47)).toEqual({ from: '2026-11-23', to: '2026-11-23' })
  })

  it('is none at what is all there is, has not begun, or has nothing finer', () => {
    const hours = chart('2026-11-23T00:00Z', '2026-11-24T00:00Z', 'hour')
    expect(zoomInto(hours, 0, 23)).toBeUndefined()
    expect(zoomInto(hours, 11, 11)).toBeUndefined()
    expect(zoomInto(chart('2026-11-20T00:00Z', '2026-11-21T00:00Z', 'hour'), 4, 4)).toBeUndefined()
    expect(zoomInto(chart('2026-11-23T09:00Z', '2026-11-23T10:00Z', 'minute'), 4, 4)).toBeUndefined()
    expect(zoomInto(chart('2026-11-01T00:00Z', '2026-11-08T00:00Z', 'day'), 0, 6)).toBeUndefined()
  })

  it('at an hour that the clock shows twice is none, at several around it is as long as they are', () => {
    const autumn = { ...chart('2026-10-24T22:00Z', '2026-10-25T23:00Z', 'hour', 'Europe/Berlin') }
    const then = { ...autumn, now: Date.parse('2026-10-25T12:00Z') }
    expect(zoomInto(then, 2, 2)).toBeUndefined()
    expect(zoomInto(then, 1, 3)).toEqual({ from: '2026-10-25T01:00', to: '2026-10-25T03:00' })
  })
})

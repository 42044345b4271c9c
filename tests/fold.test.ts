import { describe, expect, it } from 'vitest'
import type { Delta } from '../consumers/aggregator/delta.ts'
import { foldEvent, foldRecord } from '../consumers/aggregator/fold.ts'
import { FoldState } from '../consumers/aggregator/fold-state.ts'
import { emptyCell } from '../consumers/aggregator/shapes/cell.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import { foldStateCodec } from '../consumers/aggregator/state-codec.ts'
import type { Delivery } from '../stream/event.ts'
import { applyDelta } from './support/cells.ts'
import { aClick, aDelivery, anEvent, chrome, noon } from './support/events.ts'

const minute = 60_000
const hour = 60 * minute
const segmentOf = dailySegments()
let loads = 0
const newLoad = () => (++loads).toString(16).padStart(16, '0')

/** What these deliveries add up to, over all buckets. */
function foldAll(deliveries: Delivery[], state = new FoldState()) {
  const cell = emptyCell()
  const deltas: Delta[] = []
  const outcomes = deliveries.flatMap((delivery) =>
    delivery.events.map((event) =>
      foldEvent(state, segmentOf(delivery.received), delivery, event, (delta) => deltas.push(delta)),
    ),
  )
  for (const delta of deltas) applyDelta(cell, delta)
  const { visitors, ...totals } = cell.totals
  const by = (dimension: 'page' | 'referrer' | 'target' | 'event' | 'browser' | 'campaign') =>
    Object.fromEntries(cell.dimensions.get(dimension) ?? [])
  return { ...totals, visitors: visitors.count, outcomes, deltas, by }
}

const view = (at: number, different: Partial<Parameters<typeof anEvent>[0]> = {}) =>
  aDelivery({ events: [anEvent({ at, load: newLoad(), ...different })] })

describe('the fold', () => {
  it('counts an event once, however often and in whichever request it arrives', () => {
    const event = anEvent({ load: newLoad() })
    const again = aDelivery({ events: [event, event] })
    const { pageviews, events, visits, outcomes } = foldAll([again, again])
    expect({ pageviews, events, visits }).toEqual({ pageviews: 1, events: 1, visits: 1 })
    expect(outcomes).toEqual(['aggregated', 'duplicate', 'duplicate', 'duplicate'])
  })

  it('tells loads of different sites and numbers of one load apart', () => {
    const event = anEvent({ load: newLoad() })
    const { pageviews } = foldAll([
      aDelivery({ events: [event] }),
      aDelivery({ site: 'other', events: [event] }),
      aDelivery({ events: [{ ...event, n: 2 }] }),
      aDelivery({ events: [{ ...event, n: 1 }] }),
    ])
    expect(pageviews).toBe(4)
  })

  it('leaves out a batch that was put twice', () => {
    const state = new FoldState()
    const header = { producerId: 'a'.repeat(16), producerSequence: 0, traceId: '', createdAt: noon, eventCount: 1 }
    expect(foldRecord(state, header)).toBe(true)
    expect(foldRecord(state, { ...header, producerSequence: 2 })).toBe(true)
    expect(foldRecord(state, header)).toBe(false)
    expect(foldRecord(state, { ...header, producerSequence: 1 })).toBe(true)
  })

  it('keeps robots out of the figures', () => {
    const { events, outcomes } = foldAll([aDelivery({ userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' })])
    expect(events).toBe(0)
    expect(outcomes).toEqual(['filtered'])
  })

  it('says of every event which browser it came from', () => {
    expect(foldAll([aDelivery({ userAgent: chrome })]).by('browser')).toHaveProperty('Chrome')
  })
})

describe('visits', () => {
  it('end after 30 minutes of inactivity', () => {
    const within = foldAll([view(noon), view(noon + 29 * minute)])
    expect(within).toMatchObject({ visits: 1, bounces: 0, visitMs: 29 * minute, pageviews: 2, visitors: 1 })
    const beyond = foldAll([view(noon), view(noon + 31 * minute)])
    expect(beyond).toMatchObject({ visits: 2, bounces: 2, visitMs: 0, visitors: 1 })
  })

  it('are taken back as bounces by the second page view, where they began', () => {
    const { deltas, bounces } = foldAll([view(noon), view(noon + 2 * minute)])
    expect(bounces).toBe(0)
    expect(deltas.find(({ add }) => add.bounces === -1)).toMatchObject({ at: deltas[0]?.at })
  })

  it('still bounce when there was only a click', () => {
    const click = aDelivery({ events: [aClick({ at: noon + minute, load: newLoad() })] })
    expect(foldAll([view(noon), click])).toMatchObject({ visits: 1, bounces: 1, clicks: 1, visitMs: minute })
  })

  it('go on across midnight under the name of the new day', () => {
    const midnight = Date.parse('2026-03-11T00:00:00Z')
    const [before, after] = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb']
    const { visits, visitMs } = foldAll([
      { ...view(midnight - minute), visitor: before },
      { ...view(midnight + minute), visitor: after, previousVisitor: before },
      { ...view(midnight + 2 * minute), visitor: after, previousVisitor: before },
    ])
    expect({ visits, visitMs }).toEqual({ visits: 1, visitMs: 3 * minute })
  })

  it('come out the same when events arrive out of order', () => {
    const times = [noon, noon + 5 * minute, noon + 20 * minute]
    const totals = (order: number[]) => {
      const { visits, bounces, visitMs, pageviews } = foldAll(order.map((i) => view(times[i] as number)))
      return { visits, bounces, visitMs, pageviews }
    }
    expect(totals([2, 0, 1])).toEqual(totals([0, 1, 2]))
  })

  it('are not begun by what merely reports', () => {
    const report = aDelivery({ events: [anEvent({ type: 'engagement', engagedMs: 900, load: newLoad() })] })
    expect(foldAll([report])).toMatchObject({ visits: 0, events: 1, engagedMs: 900 })
  })

  it('belong to the source that brought them, for all of their page views', () => {
    const first = view(noon, { referrer: 'https://www.search.example/', url: 'https://shop.example/' })
    const second = view(noon + minute, { referrer: 'https://shop.example/', url: 'https://shop.example/b' })
    const { by } = foldAll([first, second])
    expect(by('referrer')).toMatchObject({ 'search.example': { pageviews: 2, visits: 1 } })
    expect(by('page')).toMatchObject({ '/': { pageviews: 1, visits: 1 }, '/b': { pageviews: 1, visits: 0 } })
  })

  it('come directly when the referrer is the site itself', () => {
    const own = view(noon, { referrer: 'https://www.shop.example/', url: 'https://shop.example/' })
    expect(Object.keys(foldAll([own]).by('referrer'))).toEqual([''])
  })

  it('name their campaign and its source', () => {
    const url = 'https://shop.example/?utm_source=News&utm_campaign=spring'
    const { by } = foldAll([view(noon, { url })])
    expect(by('campaign')).toMatchObject({ spring: { visits: 1 } })
    expect(by('referrer')).toMatchObject({ news: { visits: 1 } })
    expect(by('page')).toHaveProperty('/')
  })
})

describe('event time', () => {
  it('does not depend on the clock of the page', () => {
    const wrongBy = 9 * hour
    const delivery = aDelivery({ events: [anEvent({ at: noon + wrongBy, load: newLoad() })] })
    const { deltas } = foldAll([{ ...delivery, sentAt: noon + wrongBy + 1000, received: noon + 1200 }])
    expect(deltas.at(-1)?.at).toBe(noon + 200)
  })

  it('is never in the future', () => {
    const delivery = aDelivery({ events: [anEvent({ at: noon + hour, load: newLoad() })] })
    const { deltas } = foldAll([{ ...delivery, sentAt: noon, received: noon }])
    expect(deltas.at(-1)?.at).toBe(noon)
  })

  it('is the receipt for what is more than 72 hours late', () => {
    const delivery = (lateHours: number) =>
      aDelivery({ events: [anEvent({ at: noon - lateHours * hour, load: newLoad() })], sentAt: noon, received: noon })
    expect(foldAll([delivery(71)]).deltas.at(-1)?.at).toBe(noon - 71 * hour)
    expect(foldAll([delivery(73)]).deltas.at(-1)?.at).toBe(noon)
  })

  it('of imports is what the log says, however long ago', () => {
    const { sentAt: _, ...imported } = aDelivery({ events: [anEvent({ at: 0, load: newLoad() })], received: noon })
    expect(foldAll([imported]).deltas.at(-1)?.at).toBe(0)
  })
})

describe('state', () => {
  it('goes on after a snapshot as if nothing had happened', () => {
    const deliveries = Array.from({ length: 40 }, (_, i) => ({
      ...view(noon + i * 7 * minute),
      visitor: `${i % 5}`.repeat(16),
    }))
    const whole = foldAll([...deliveries, ...deliveries])
    const state = new FoldState()
    const first = foldAll(deliveries, state)
    const restored = foldStateCodec.fromJson(JSON.parse(JSON.stringify(foldStateCodec.toJson(state))))
    const second = foldAll(deliveries, restored)
    expect([...first.deltas, ...second.deltas]).toEqual(whole.deltas)
  })

  it('goes on after a snapshot that was written before keys had two parts', () => {
    const [technology, origin] = [[['browser', 'Chrome']], [['channel', 'direct']]]
    const visit = [noon, noon, noon, 1, 1, '/a', '/a', noon, [0, 1], 0, noon, 1, 0, null]
    const seen = newLoad()
    const restored = foldStateCodec.fromJson({
      v: 2,
      producers: { turnedAt: noon, young: [['a'.repeat(16), [0, 3]]], old: [] },
      loads: { turnedAt: noon, young: [[`demo ${seen}`, 1]], old: [] },
      visits: { turnedAt: noon, young: [], old: [['demo a1b2c3d4e5f60718', visit]] },
      lists: [technology, origin],
    })
    const header = { producerId: 'a'.repeat(16), producerSequence: 2, traceId: '', createdAt: noon, eventCount: 1 }
    expect(foldRecord(restored, header)).toBe(false)
    const again = aDelivery({ events: [anEvent({ at: noon, load: seen })] })
    const { outcomes, visits, bounces, deltas } = foldAll([again, view(noon + minute)], restored)
    expect(outcomes).toEqual(['duplicate', 'aggregated'])
    expect({ visits, bounces }).toEqual({ visits: 0, bounces: -1 })
    const shared = deltas.at(-1)?.shared?.lists.map((list) => list.map(({ dimension, value }) => [dimension, value]))
    expect(shared).toEqual([technology, origin])
  })

  it('of a merged shard holds what each of its parents held', () => {
    const [a, b] = [new FoldState(), new FoldState()]
    const [ofA, ofB] = [view(noon), { ...view(noon), visitor: 'b'.repeat(16) }]
    foldAll([ofA], a)
    foldAll([ofB], b)
    const { outcomes } = foldAll([ofA, ofB], foldStateCodec.merge([a, b]))
    expect(outcomes).toEqual(['duplicate', 'duplicate'])
  })
})

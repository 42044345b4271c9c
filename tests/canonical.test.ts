import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEvents, writeEvents } from '../ingest/deliveries.ts'
import { createTraffic } from '../load-test/traffic.ts'
import { readCanonical } from '../stream/canonical.ts'
import { eventTypes, type TrackedEvent } from '../stream/event.ts'
import { limits } from '../stream/limits.ts'
import { readTag } from '../stream/tag.ts'
import { aClick, anEvent, noon } from './support/events.ts'

const bodyOf = (events: unknown[], tag?: unknown) =>
  Buffer.from(JSON.stringify({ site: 'demo', sentAt: noon, tag, events }))

/** What the endpoint stores of a body that it parses. */
function stored(body: Buffer, keepParams: string[] = []): unknown[] {
  const { events } = JSON.parse(body.toString())
  const { written, rejected } = writeEvents(checkEvents(events, keepParams).good)
  expect(rejected).toEqual([])
  return written.flatMap((part) => JSON.parse(`[${Buffer.from(part.events)}]`))
}

/** Both ways agree on a body, or it is one that only parsing reads. */
function agree(body: Buffer): boolean {
  const canonical = readCanonical(body)
  if (!canonical) return false
  const parsed = JSON.parse(body.toString())
  expect({ site: canonical.site, sentAt: canonical.sentAt }).toEqual({ site: parsed.site, sentAt: parsed.sentAt })
  expect({ tag: canonical.tag, isBad: false }).toEqual(readTag(parsed.tag))
  const events: TrackedEvent[] = JSON.parse(`[${canonical.events}]`)
  expect(checkEvents(parsed.events, []).rejected).toEqual([])
  expect(events).toEqual(stored(body))
  expect(events).toEqual(stored(body, ['page', 'q']))
  expect(canonical.eventCount).toBe(events.length)
  return true
}

// Values around every bound and of every kind that a field can have, good ones often.
const texts = fc.oneof(
  fc.constantFrom('', 'Pricing', 'Straße 🌿', 'a"b', 'a\\b', 'a\nb', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(128)),
  fc.constantFrom(...[129, 256, 257, 512, 513, 2048, 2049].map((length) => 'x'.repeat(length))),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.5, -0.5, 100, 100.5, 99.9, 1e6, 1e6 + 1, 1e21, 1e-7, 86_400_000, 86_400_001, noon),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const urls = fc.oneof(
  fc.constantFrom(
    'https://shop.example/',
    'https://shop.example/a/b',
    'https://shop.example',
    'http://a:80/',
    'http://1/',
  ),
  fc.constantFrom(
    'https://shop.example:8080/a',
    'https://a.b/%41',
    'https://a.b/../c',
    'https://a.b/a..b/',
    'HTTPS://a.b/',
  ),
  fc.constantFrom(
    'https://a.b/?utm_source=x',
    'https://a.b/?utm_source=x&ref=y%20z',
    'https://a.b/?utm_source=x&page=2',
  ),
  fc.constantFrom(
    'https://a.b/?',
    'https://a.b/#x',
    'https://u:p@a.b/',
    "https://a.b/?ref='",
    'https://xn--a.b/',
    'mailto:a@b',
  ),
  fc.constantFrom(`https://a.b/${'x'.repeat(2036)}`, `https://a.b/${'x'.repeat(2037)}`),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  texts,
)
const anything = fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, fc.oneof(texts, numbers, fc.jsonValue()))
const target = fc.record(
  {
    selector: texts,
    text: texts,
    href: urls,
    ...Object.fromEntries(['x', 'y', 'vw', 'vh', 'pageX', 'pageY', 'docW', 'docH'].map((name) => [name, numbers])),
    other: anything,
  },
  { requiredKeys: [] },
)
const props = fc.dictionary(texts, fc.oneof(texts, numbers, fc.boolean(), fc.jsonValue()), { maxKeys: 4 })
const event = fc.record(
  {
    type: fc.constantFrom(...eventTypes, 'other'),
    load: fc.constantFrom('00112233445566ff', '00112233445566FF', '0011'),
    n: fc.oneof(fc.nat(30), numbers),
    at: fc.oneof(fc.constant(noon), numbers),
    url: urls,
    referrer: urls,
    title: texts,
    name: texts,
    props: fc.oneof(props, anything),
    target: fc.oneof(target, anything),
    engagedMs: numbers,
    scroll: numbers,
    vw: numbers,
    vh: numbers,
    other: anything,
  },
  { requiredKeys: ['type', 'load', 'n', 'at', 'url'] },
)
/** One field of a good event is drawn anew: most of these are recognised, or fail by that field alone. */
const nearlyGood = event.chain((drawn) =>
  fc.constantFrom(...Object.keys(drawn)).map((field) => ({
    ...(drawn.type === 'click' ? aClick() : anEvent()),
    [field]: drawn[field as keyof typeof drawn],
  })),
)

const tags = fc.oneof(
  fc.constantFrom(undefined, null, '', ' ', 'office', 'büro 🌿', 'a"b', 'a\\b', 'a\nb', 'a\u007fb', 'x'.repeat(64)),
  fc.constant('x'.repeat(65)),
  fc.string({ maxLength: 66 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.jsonValue(),
)

describe('a body that is recognised', () => {
  it('has the tag that it has when it is parsed, and no other', () => {
    let recognised = 0
    fc.assert(
      fc.property(tags, (tag) => {
        if (agree(bodyOf([anEvent()], tag)) && tag !== undefined) recognised++
      }),
      { numRuns: 2000 },
    )
    expect(recognised).toBeGreaterThan(200)
  })

  it('is one whose events pass the checks unchanged', () => {
    let recognised = 0
    fc.assert(
      fc.property(fc.array(fc.oneof(event, nearlyGood), { minLength: 1, maxLength: 3 }), (events) => {
        if (agree(bodyOf(events))) recognised++
      }),
      { numRuns: 4000 },
    )
    expect(recognised).toBeGreaterThan(200)
  })

  it('is one whose events pass the checks unchanged, whichever byte of it is another', () => {
    const { next } = createTraffic({ sites: ['demo'], seed: 1, rate: 0.01 })
    const bodies = Array.from({ length: 60 }, (_, i) =>
      bodyOf(next(noon + i * 3000).body.events, i % 3 === 0 ? 'office' : undefined),
    )
    let recognised = 0
    fc.assert(
      fc.property(fc.constantFrom(...bodies), fc.nat(), fc.nat(255), fc.nat(2), (body, place, byte, cut) => {
        const at = place % body.length
        const changed = Buffer.concat([body.subarray(0, at), Buffer.from([byte]), body.subarray(at + cut)])
        if (agree(changed)) recognised++
      }),
      { numRuns: 10_000 },
    )
    expect(recognised).toBeGreaterThan(250)
  })

  it('may name a field twice: the last one counts, as everywhere', () => {
    const body = Buffer.from(
      bodyOf([anEvent({ title: 'a' })])
        .toString()
        .replace('}]', ',"title":"b"}]'),
    )
    expect(agree(body)).toBe(true)
    expect(stored(body)).toMatchObject([{ title: 'b' }])
  })
})

describe('recognised are', () => {
  it('all bodies of the traffic model', () => {
    const { next } = createTraffic({ sites: ['demo', 'other'], seed: 7, rate: 1 })
    for (let i = 0; i < 2000; i++) {
      const { body } = next(noon + i * 1000)
      expect(agree(Buffer.from(JSON.stringify(body))), JSON.stringify(body)).toBe(true)
    }
  })

  it.each([
    ['a title of many bytes', anEvent({ title: 'ü'.repeat(250) })],
    ['a campaign', anEvent({ url: 'https://shop.example/?utm_source=mail&utm_campaign=spring%20sale' })],
    ['custom properties', anEvent({ type: 'custom', name: 'signup', props: { plan: 'pro', seats: 3, trial: false } })],
    ['no properties', anEvent({ type: 'custom', name: 'signup', props: {} })],
    ['fractions of pixels', aClick({ target: { selector: 'a', x: 1.5, y: 0.25, pageX: -3.75 } })],
    ['scroll depth to many digits', anEvent({ type: 'engagement', engagedMs: 5210, scroll: 63.480_943_738_656_98 })],
  ])('%s', (_what, one) => expect(agree(bodyOf([one]))).toBe(true))

  it.each(['office', 'x'.repeat(64), '<b> & co.'])('the tag %s', (tag) =>
    expect(agree(bodyOf([anEvent()], tag))).toBe(true),
  )
})

describe('parsed are', () => {
  it.each([
    ['no events', bodyOf([])],
    ['a tag that is none', bodyOf([anEvent()], '')],
    ['a tag that is too long', bodyOf([anEvent()], 'x'.repeat(65))],
    ['a tag beyond ASCII', bodyOf([anEvent()], 'büro')],
    ['two tags', Buffer.from(bodyOf([anEvent()], 'a').toString().replace('"tag":', '"tag":"b","tag":'))],
    ['more events than a request may have', bodyOf(Array.from({ length: limits.requestEvents + 1 }, () => 1))],
    ['an address that is too long', bodyOf([anEvent({ url: `https://shop.example/${'x'.repeat(2048)}` })])],
    ['an address with what may be private', bodyOf([anEvent({ url: 'https://shop.example/?token=1' })])],
    ['a referrer with a query', bodyOf([anEvent({ referrer: 'https://shop.example/?ref=a' })])],
    ['bytes that are no UTF-8', Buffer.from(bodyOf([anEvent({ title: 'é' })]).toString(), 'latin1')],
    ['something behind it', Buffer.concat([bodyOf([anEvent()]), Buffer.from(' ')])],
    [
      'what is larger than a delivery',
      bodyOf(Array.from({ length: 90 }, (_, n) => anEvent({ n, title: 'x'.repeat(100) }))),
    ],
  ])('%s', (_what, body) => expect(readCanonical(body)).toBeUndefined())
})

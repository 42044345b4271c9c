/**
 * Requests written the way the snippet writes them, told by their text alone. What is recognised here is what
 * `checkEvent` would let pass unchanged (a test compares the two), so its events are stored as the very bytes that
 * came: reading, checking and writing them again took the endpoint longer than everything else it does with a
 * request. Whatever is written otherwise is no worse for it: it is parsed and checked.
 */
import { isUtf8 } from 'node:buffer'
import { eventTypes } from './event.ts'
import { limits } from './limits.ts'
import { campaignTags, cleanAddress } from './page-url.ts'

export type CanonicalBody = {
  site: string
  sentAt: number
  tag: string | undefined
  /** JSON texts with commas between them: the part of the body that it is a view of. */
  events: Buffer
  eventCount: number
}

/**
 * Of JSON's texts those without an escape, and of its numbers those of the usual size; lengths count UTF-8 bytes,
 * where `checkEvent` counts characters. All of it is narrower than what is allowed, and never wider.
 */
const text = (maxBytes: number) => `"[^"\\\\\\x00-\\x1f]{0,${maxBytes}}"`
const integer = (maxDigits: number) => `(?:0|[1-9]\\d{0,${maxDigits - 1}})`
const fraction = '(?:\\.\\d{1,17})?'
const signed = (maxDigits: number) => `(?:0|-?[1-9]\\d{0,${maxDigits - 1}})${fraction}`
const pixels = signed(5)
const time = '[1-9]\\d{12}'
const campaign = `(?:${[...campaignTags].join('|')})=[\\w.~+%-]*`
const page = `${cleanAddress}(?:\\?${campaign}(?:&${campaign})*)?`

const oneOf = (fields: Record<string, string>) =>
  `(?:${Object.entries(fields)
    .map(([name, value]) => `"${name}":${value}`)
    .join('|')})`
const prop = `${text(64)}:(?:${text(512)}|${signed(15)}|true|false)`
const props = `\\{(?:${prop}(?:,${prop}){0,31})?\\}`
const target = `\\{"selector":${text(512)}(?:,${oneOf({
  text: text(256),
  href: `"${page}"`,
  '(?:x|y|vw|vh|pageX|pageY|docW|docH)': pixels,
})}){0,16}\\}`

/** A tag beyond ASCII would have to be decoded, and is parsed. */
const head = /\{"site":"([a-z0-9.-]{1,64})","sentAt":([1-9]\d{12}),(?:"tag":"([ !#-[\]-~]{1,64})",)?"events":\[/y
/** A field that is there twice passes with each of its values, and the last one counts, as in `JSON.parse`. */
const event = new RegExp(
  `\\{"type":"(?:${eventTypes.join('|')})","load":"[0-9a-f]{16}","n":${integer(6)},"at":${time},"url":"${page}"(?:,${oneOf(
    {
      target,
      title: text(512),
      referrer: `"${cleanAddress}"`,
      '(?:vw|vh)': pixels,
      name: text(128),
      props,
      engagedMs: integer(7),
      scroll: `(?:100|${integer(2)}${fraction})`,
    },
  )}){0,16}\\}`,
  'y',
)
/** Longer ones are rare, and a shorter one has no address that is too long. */
const maxEventBytes = 2048
const comma = 44

/** @returns undefined for a body that is written otherwise, good or bad */
export function readCanonical(body: Buffer): CanonicalBody | undefined {
  // A larger one is cut into several deliveries.
  if (body.length > limits.eventBytes || !isUtf8(body)) return undefined
  // One byte a character: the syntax is ASCII, and what stands in texts only has to be no quote.
  const characters = body.toString('latin1')
  head.lastIndex = 0
  const opening = head.exec(characters)
  if (!opening) return undefined
  const [{ length: from }, site = '', sentAt, tag] = opening
  let to = from - 1
  let eventCount = 0
  do {
    event.lastIndex = to + 1
    if (!event.test(characters) || event.lastIndex - to > maxEventBytes) return undefined
    to = event.lastIndex
    eventCount++
  } while (characters.charCodeAt(to) === comma)
  if (eventCount > limits.requestEvents || to + 2 !== characters.length || !characters.endsWith(']}')) return undefined
  return { site, sentAt: Number(sentAt), tag, events: body.subarray(from, to), eventCount }
}

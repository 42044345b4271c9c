/**
 * What requests must look like, checked by hand. There are three shapes, and Fastify's compilers of JSON Schema would be a
 * quarter of what the endpoint loads when it starts as a function.
 */
import { limits } from '../stream/limits.ts'

export type EventsBody = { site: string; sentAt: number; tag?: unknown; events: unknown[] }

/** Without the tag, which is read apart: a bad one is no reason to refuse what came with it. */
export function isEventsBody(body: unknown): body is EventsBody {
  if (!isObject(body)) return false
  const { site, sentAt, events } = body
  return isText(site, 64) && isInteger(sentAt, latestTime) && Array.isArray(events) && isBetween(events, 1)
}

export type ImportedEvent = { address: string; userAgent: string }
export type ImportBody = {
  site: string
  /** Names the log: a hash of its first line, hex. */
  source: string
  /** Lines of the log that are done once this request is, and a hash of them. */
  line: number
  prefix: string
  done: boolean
  events: ImportedEvent[]
}

export function isImportBody(body: unknown): body is ImportBody {
  if (!isObject(body)) return false
  const { site, source, line, prefix, done, events } = body
  return (
    typeof site === 'string' &&
    isHash(source) &&
    isInteger(line, Number.MAX_SAFE_INTEGER) &&
    isHash(prefix) &&
    typeof done === 'boolean' &&
    Array.isArray(events) &&
    isBetween(events, 0) &&
    events.every(isImportedEvent)
  )
}

function isImportedEvent(event: unknown): event is ImportedEvent {
  return isObject(event) && isText(event.address, 256) && isText(event.userAgent, 1024)
}

export type PixelQuery = {
  site: string
  url: string
  referrer?: string
  type?: 'pageview' | 'custom'
  name?: string
  tag?: string
}

/** A parameter that is there twice is a list, and refused. */
export function isPixelQuery(query: unknown): query is PixelQuery {
  if (!isObject(query)) return false
  const { site, url, referrer = '', type = 'pageview', name = '', tag = '' } = query
  return (
    isText(site, 64) &&
    isText(url, 2048) &&
    isText(referrer, 2048) &&
    (type === 'pageview' || type === 'custom') &&
    isText(name, 128) &&
    typeof tag === 'string'
  )
}

/** The last millisecond of the year 9999. */
const latestTime = 253_402_300_799_999

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value.length <= maxLength
}

function isInteger(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

function isBetween(events: readonly unknown[], least: number): boolean {
  return events.length >= least && events.length <= limits.requestEvents
}

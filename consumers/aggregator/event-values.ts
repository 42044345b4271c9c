/** What one event adds to the dimensions that follow events. */
import type { ClickTarget, TrackedEvent } from '../../stream/event.ts'
import { DimensionValue, type Values } from './dimension-value.ts'
import { type Page, positionOf, scrolledTo, type Target, targetOf } from './page-values.ts'
import { addressOf } from './place.ts'
import { Remembered } from './remembered.ts'
import type { Place } from './rules/site-rules.ts'
import { squareOf } from './shapes/click-grid.ts'
import { type Bucket, bucketOf } from './shapes/quantiles.ts'

/** Files that links lead to rather than pages; what counts is the end of the path. */
const files =
  /\.(?:7z|apk|avi|csv|dmg|docx?|epub|exe|gz|iso|jar|key|m4a|mov|mp3|mp4|msi|odt|ods|pdf|pkg|pptx?|rar|tar|tgz|txt|wav|webm|xlsx?|xz|zip)$/i
/** Of a property's text; the archive has all of it. */
const maxPropertyLength = 100

type Link = { host: string; path: string; isFile: boolean }

/** A site's pages have the same links on them for everybody. */
const links = new Remembered(20_000, (href): Link => {
  const { host, page } = addressOf(href)
  const path = page.split('?', 1)[0] as string
  return { host, path, isFile: files.test(path) }
})

/** Of each vital some hundred buckets are in use. */
const vitals = new Remembered(1000, (name) => ({ name, buckets: new Map<Bucket, DimensionValue>() }))

/** @param target of a click, as its page knows it */
export function eventValues(event: TrackedEvent, { page, host }: Place, target: Target | undefined): Values {
  switch (event.type) {
    case 'click':
      return target && event.target ? clickValues(page, host, event.target, target) : page.viewed
    case 'custom':
      return event.name ? customValues(page, event.name, event) : page.viewed
    case 'vital':
      return event.name && typeof event.props?.value === 'number'
        ? [...page.viewed, vitalValue(event.name, event.props.value)]
        : page.viewed
    case 'error':
      return [...page.viewed, new DimensionValue('error', event.name ?? '')]
    case 'engagement':
      return event.scroll === undefined ? page.viewed : scrolledTo(page, event.scroll)
    default:
      return page.viewed
  }
}

/** The target of a click. */
export function clickedTarget({ type, target }: TrackedEvent, { page }: Place): Target | undefined {
  return type === 'click' && target ? targetOf(page, target) : undefined
}

function clickValues(page: Page, host: string, click: ClickTarget, { clicked }: Target): Values {
  const square = squareOf(click)
  const link = linkValue(host, click.href)
  if (square === undefined) return link ? [...clicked, link] : clicked
  const position = positionOf(page, square)
  return link ? [...clicked, position, link] : [...clicked, position]
}

/** Of the snippet's own events, those that tell of an element that did not do what was asked of it. */
const frustrations: ReadonlySet<string> = new Set(['rage_click', 'dead_click'])

function customValues(page: Page, name: string, event: TrackedEvent): DimensionValue[] {
  const values = [...page.viewed, new DimensionValue('event', name), ...propertyValues(name, event)]
  const selector = event.props?.selector
  if (frustrations.has(name) && typeof selector === 'string')
    values.push(new DimensionValue('frustration', [page.name, name, selector].join('\u0000')))
  return values
}

function vitalValue(vital: string, number: number): DimensionValue {
  const { name, buckets } = vitals.get(vital)
  const bucket = bucketOf(number)
  const known = buckets.get(bucket)
  if (known) return known
  const value = new DimensionValue('vital', `${name}\u0000${bucket}`)
  buckets.set(bucket, value)
  return value
}

/** Of links that lead away from the site's pages. */
function linkValue(ownHost: string, href: string | undefined): DimensionValue | undefined {
  if (!href || !(href.startsWith('http:') || href.startsWith('https:'))) return undefined
  const { host, path, isFile } = links.get(href)
  if (isFile) return new DimensionValue('download', host === ownHost ? path : host + path)
  return host === ownHost ? undefined : new DimensionValue('outbound', host + path)
}

function propertyValues(name: string, { props = {} }: TrackedEvent): DimensionValue[] {
  return Object.entries(props).map(
    ([key, value]) =>
      new DimensionValue('property', [name, key, String(value).slice(0, maxPropertyLength)].join('\u0000')),
  )
}

/** What one event adds to the dimensions that follow events. */
import type { ClickTarget, TrackedEvent } from '../../stream/event.ts'
import { addressOf } from './place.ts'
import { positionValue } from './shapes/click-grid.ts'
import type { DimensionValue } from './shapes/dimensions.ts'
import { bucketOf } from './shapes/quantiles.ts'

/** Files that links lead to rather than pages; what counts is the end of the path. */
const files =
  /\.(?:7z|apk|avi|csv|dmg|docx?|epub|exe|gz|iso|jar|key|m4a|mov|mp3|mp4|msi|odt|ods|pdf|pkg|pptx?|rar|tar|tgz|txt|wav|webm|xlsx?|xz|zip)$/i
/** Of a property's text; the archive has all of it. */
const maxPropertyLength = 100

export function eventValues(event: TrackedEvent): DimensionValue[] {
  const { page } = addressOf(event.url)
  const values: DimensionValue[] = [['page', page]]
  switch (event.type) {
    case 'click':
      if (event.target) addClick(values, page, addressOf(event.url).host, event.target)
      break
    case 'custom':
      addCustom(values, event)
      break
    case 'vital':
      if (event.name && typeof event.props?.value === 'number')
        values.push(['vital', `${event.name}\u0000${bucketOf(event.props.value)}`])
      break
    case 'error':
      values.push(['error', event.name ?? ''])
      break
    case 'engagement':
      if (event.scroll !== undefined) values.push(['scroll', `${page}\u0000${Math.floor(event.scroll / 10) * 10}`])
      break
  }
  return values
}

/** What people see of a target, and where it is: `text NUL selector`, or the selector alone. */
export function targetValue({ text, selector }: ClickTarget): string {
  return text ? `${text}\u0000${selector}` : selector
}

function addClick(values: DimensionValue[], page: string, host: string, target: ClickTarget): void {
  const value = targetValue(target)
  values.push(['target', value], ['pageTarget', `${page}\u0000${value}`])
  const position = positionValue(page, target)
  if (position !== undefined) values.push(['position', position])
  if (!target.href || !/^https?:/.test(target.href)) return
  const link = addressOf(target.href)
  const path = link.page.split('?', 1)[0] as string
  if (files.test(path)) values.push(['download', link.host === host ? path : link.host + path])
  else if (link.host !== host) values.push(['outbound', link.host + path])
}

function addCustom(values: DimensionValue[], { name, props }: TrackedEvent): void {
  if (!name) return
  values.push(['event', name])
  for (const [key, value] of Object.entries(props ?? {}))
    values.push(['property', [name, key, String(value).slice(0, maxPropertyLength)].join('\u0000')])
}

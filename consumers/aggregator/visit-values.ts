/** What is the same for all events of a visit: where it came from, and with what. */
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import type { Browser } from './browser.ts'
import { channelOf } from './channels.ts'
import { addressOf, hostOf } from './place.ts'
import { Remembered } from './remembered.ts'
import type { DimensionValue } from './shapes/dimensions.ts'
import { screenOf } from './shapes/screens.ts'

/** Lists of values are shared: a million visits have some thousand different ones. */
const lists = new Remembered(20_000, (json) => JSON.parse(json) as DimensionValue[])

/** By browser, and by place and screen: quicker than by all of it as one text. */
const technologies = new WeakMap<Browser, Map<string, readonly DimensionValue[]>>()

export function technologyOf(delivery: Delivery, event: TrackedEvent, browser: Browser): readonly DimensionValue[] {
  const width = event.vw ?? event.target?.vw
  const screen = width === undefined ? '' : screenOf(width)
  const { country = '', region = '', language = '' } = delivery
  const place = `${country} ${region} ${language} ${screen}`
  let known = technologies.get(browser)
  if (!known) {
    known = new Map()
    technologies.set(browser, known)
  }
  const found = known.get(place)
  if (found) return found
  const list = shared([
    ['browser', browser.browser],
    ['os', browser.os],
    ['device', browser.device],
    ['country', country],
    ['region', region && `${country}-${region}`],
    ['language', language],
    ['screen', screen],
  ])
  known.set(place, list)
  return list
}

export function originOf({ url, referrer }: TrackedEvent): readonly DimensionValue[] {
  const { host: ownHost, campaign } = addressOf(url)
  const host = referrer ? hostOf(referrer) : ''
  const isInternal = host === ownHost
  const { source, medium } = campaign
  const values: DimensionValue[] = [
    ['referrer', source || (isInternal ? '' : host)],
    ['channel', channelOf({ source, medium, host, isInternal })],
  ]
  for (const name of ['source', 'medium', 'campaign', 'term', 'content'] as const)
    if (campaign[name]) values.push([name, campaign[name]])
  return shared(values)
}

/** The one list with these values. */
export function shared(values: readonly DimensionValue[]): readonly DimensionValue[] {
  return lists.get(JSON.stringify(values))
}

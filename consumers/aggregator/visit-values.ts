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

export function technologyOf(delivery: Delivery, event: TrackedEvent, browser: Browser): readonly DimensionValue[] {
  const width = event.vw ?? event.target?.vw
  return shared([
    ['browser', browser.browser],
    ['os', browser.os],
    ['device', browser.device],
    ['country', delivery.country ?? ''],
    ['region', delivery.region ? `${delivery.country}-${delivery.region}` : ''],
    ['language', delivery.language ?? ''],
    ['screen', width === undefined ? '' : screenOf(width)],
  ])
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

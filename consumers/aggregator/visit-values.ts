/** With what a visit comes: the same for all of its events. */
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import type { Browser } from './browser.ts'
import type { Values } from './dimension-value.ts'
import { screenOf } from './shapes/screens.ts'
import { shared } from './shared-values.ts'

/** By browser, and by place and screen: quicker than by all of it as one text. */
const technologies = new WeakMap<Browser, Map<string, Values>>()

export function technologyOf(delivery: Delivery, event: TrackedEvent, browser: Browser): Values {
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

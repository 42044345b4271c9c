/**
 * Delivers what is due, at least once: whoever dies between sending and noting it leaves it to be sent again under the same
 * id. May be run by any number of processes at once: one of them takes a delivery, by a conditional write.
 */
import { inParallel } from '../../runtime/exactly-once.ts'
import { type AlertRules, quietUntil, usualRules } from '../shapes/alert-rules.ts'
import { type Channel, isOpen } from '../shapes/channel.ts'
import type { Delivery } from '../shapes/delivery.ts'
import { deliveryKey } from '../shapes/delivery-item.ts'
import { type Incident, incidentKey } from '../shapes/incident.ts'
import type { DeliveryStore, Tried } from './delivery-store.ts'
import type { Send, SendResult } from './send.ts'

export type DelivererDependencies = {
  channels: () => Promise<readonly Channel[]>
  /** Of the sites that take events, their time zones. */
  timeZones: () => Promise<ReadonlyMap<string, string>>
  /** Of sites that have some. */
  rules: () => Promise<ReadonlyMap<string, AlertRules>>
  /** An incident as it is now. */
  incident: (site: string, key: string) => Promise<Incident | undefined>
  deliveries: DeliveryStore
  send: Send
  now: () => number
  /** From 0 to 1. */
  random: () => number
}

export type Delivered = { delivered: number; failed: number; faults: unknown[] }

export type Deliverer = {
  /** Tries all that is due, once; begins nothing more when the signal says so. */
  round(signal?: AbortSignal): Promise<Delivered>
}

/** Twice as long as a try takes (compose.ts): who took it is dead by then. */
export const claimMs = 20_000
const firstPauseMs = 30_000
const longestPauseMs = 4 * 3_600_000
/** Then it is given up: nobody is helped by what was out of the ordinary a day ago. */
const patienceMs = 24 * 3_600_000

/**
 * Pauses double, and each is anything from half of it to all, so that what failed together does not come back together.
 *
 * @param attempts that have failed
 * @returns undefined when it is given up
 */
export function nextTry(attempts: number, createdAt: number, now: number, random: number): number | undefined {
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1))
  const at = Math.round(now + pauseMs * (0.5 + random / 2))
  return at - createdAt > patienceMs ? undefined : at
}

export function createDeliverer(dependencies: DelivererDependencies): Deliverer {
  const { channels, timeZones, rules, incident, deliveries, send, now, random } = dependencies

  function judged({ attempts, createdAt, event }: Delivery, result: SendResult): Tried {
    const at = now()
    const status = result.status === undefined ? {} : { status: result.status }
    if (result.sent) return { state: 'delivered', dueAt: at, ...status }
    // Who asks for an example waits for its outcome.
    const isOver = event === 'example' || result.isFinal
    const again = isOver ? undefined : nextTry(attempts, createdAt, at, random())
    return { state: again === undefined ? 'failed' : 'waiting', dueAt: again ?? at, error: result.error, ...status }
  }

  /** @returns undefined when somebody else is at it, or it is revoked */
  async function attempt(seen: Delivery, channel: Channel, { timeZone, due }: SiteWork): Promise<Tried | undefined> {
    const claimed = await deliveries.claim(seen, now(), now() + claimMs)
    if (!claimed) return undefined
    const tried: Tried = isSaidByItsEnd(claimed, channel, due)
      ? { state: 'superseded', dueAt: now() }
      : judged(claimed, await send(claimed, channel, timeZone))
    await deliveries.settle(claimed, tried)
    return tried
  }

  /** What is told in quiet hours: what somebody just asked for, and, where the rules say so, what is critical by now. */
  async function isLetThrough(delivery: Delivery, { quiet }: AlertRules): Promise<boolean> {
    if (delivery.event === 'example' || delivery.event === 'confirm') return true
    if (!quiet?.criticalPasses) return false
    if (delivery.incident.severity === 'critical') return true
    const current = await incident(delivery.site, incidentKey(delivery.incident))
    return current?.severity === 'critical'
  }

  /** What of a site may be tried now. */
  async function workOf(site: string, timeZone: string, by: AlertRules): Promise<SiteWork> {
    const due = (await deliveries.waiting(site, now())).filter(({ dueAt }) => dueAt <= now())
    if (quietUntil(by, now(), timeZone) === undefined) return { timeZone, due }
    const passes = await Promise.all(due.map((delivery) => isLetThrough(delivery, by)))
    return { timeZone, due: due.filter((_, i) => passes[i]) }
  }

  /** One after the other, and no more in this round once one has failed: a receiver that is slow is not asked for ever. */
  async function serve(channel: Channel, work: SiteWork, delivered: Delivered, signal?: AbortSignal): Promise<void> {
    const due = work.due
      .filter((delivery) => delivery.channel === channel.id && (isOpen(channel) || delivery.event === 'confirm'))
      .sort(byWhenItHappened)
    for (const delivery of due) {
      if (signal?.aborted) return
      const tried = await attempt(delivery, channel, work)
      if (!tried || tried.state === 'superseded') continue
      if (tried.state === 'delivered') delivered.delivered += 1
      else {
        delivered.failed += 1
        return
      }
    }
  }

  return {
    async round(signal) {
      const delivered: Delivered = { delivered: 0, failed: 0, faults: [] }
      const known = await channels()
      if (known.length === 0) return delivered
      const [zones, ruled] = await Promise.all([timeZones(), rules()])
      const work = new Map<string, SiteWork>()
      const sites = new Set(known.map(({ site }) => site))
      await inParallel(
        [...zones].filter(([site]) => sites.has(site)),
        async ([site, timeZone]) => void work.set(site, await workOf(site, timeZone, ruled.get(site) ?? usualRules)),
      )
      await inParallel(known, async (channel) => {
        const due = work.get(channel.site)
        if (due) await serve(channel, due, delivered, signal).catch((error: unknown) => delivered.faults.push(error))
      })
      return delivered
    },
  }
}

/** What waits of one site, and where the site is. */
type SiteWork = { timeZone: string; due: readonly Delivery[] }

/** People read one mail that says both; programs are told of both. */
function isSaidByItsEnd({ event, incident, channel }: Delivery, { type }: Channel, due: readonly Delivery[]): boolean {
  const key = incidentKey(incident)
  return (
    type === 'email' &&
    event === 'opened' &&
    due.some((each) => each.event === 'ended' && each.channel === channel && incidentKey(each.incident) === key)
  )
}

/** What was added first; of what was added at once, the one that opened first. */
function byWhenItHappened(a: Delivery, b: Delivery): number {
  const order = (delivery: Delivery) => `${delivery.event === 'opened' ? 0 : 1}${deliveryKey(delivery).incident.S}`
  return a.createdAt - b.createdAt || (order(a) < order(b) ? -1 : 1)
}

/**
 * Delivers what is due, at least once: whoever dies between sending and noting it leaves it to be sent again under the same
 * id. May be run by any number of processes at once: one of them takes a delivery, by a conditional write.
 */
import { inParallel } from '../../runtime/exactly-once.ts'
import { type Channel, isOpen } from '../shapes/channel.ts'
import type { Delivery } from '../shapes/delivery.ts'
import { deliveryKey } from '../shapes/delivery-item.ts'
import type { DeliveryStore, Tried } from './delivery-store.ts'
import type { Send, SendResult } from './send.ts'

export type DelivererDependencies = {
  channels: () => Promise<readonly Channel[]>
  /** Of the sites that take events, their time zones. */
  timeZones: () => Promise<ReadonlyMap<string, string>>
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

/** Longer than a try takes (compose.ts): who took it is dead by then. */
export const claimMs = 60_000
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
  const { channels, timeZones, deliveries, send, now, random } = dependencies

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
  async function attempt(seen: Delivery, channel: Channel, timeZone: string): Promise<Tried | undefined> {
    const claimed = await deliveries.claim(seen, now(), now() + claimMs)
    if (!claimed) return undefined
    const tried = judged(claimed, await send(claimed, channel, timeZone))
    await deliveries.settle(claimed, tried)
    return tried
  }

  /** One after the other, and no more in this round once one has failed: a receiver that is slow is not asked for ever. */
  async function serve(
    channel: Channel,
    timeZone: string,
    due: readonly Delivery[],
    delivered: Delivered,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const delivery of due) {
      if (signal?.aborted) return
      const tried = await attempt(delivery, channel, timeZone)
      if (!tried) continue
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
      const zones = await timeZones()
      const waiting = new Map<string, Delivery[]>()
      const sites = new Set(known.map(({ site }) => site).filter((site) => zones.has(site)))
      await inParallel(sites, async (site) => void waiting.set(site, await deliveries.waiting(site, now())))
      await inParallel(known, async (channel) => {
        const due = (waiting.get(channel.site) ?? [])
          .filter((delivery) => delivery.channel === channel.id && delivery.dueAt <= now())
          .filter(({ event }) => isOpen(channel) || event === 'confirm')
          .sort(byWhenItHappened)
        const timeZone = zones.get(channel.site) ?? 'UTC'
        await serve(channel, timeZone, due, delivered, signal).catch((error: unknown) => delivered.faults.push(error))
      })
      return delivered
    },
  }
}

/** What was added first; of what was added at once, the one that opened first. */
function byWhenItHappened(a: Delivery, b: Delivery): number {
  const order = (delivery: Delivery) => `${delivery.event === 'opened' ? 0 : 1}${deliveryKey(delivery).incident.S}`
  return a.createdAt - b.createdAt || (order(a) < order(b) ? -1 : 1)
}

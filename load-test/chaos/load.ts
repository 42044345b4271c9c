/**
 * Load that notices everything: many visitors, each with one request under way at most, at a rate that is an upper
 * bound (while the endpoint is down, all of them are busy trying again). Remembers every acknowledged event.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { between, pick, type Random, seededRandom } from '../random.ts'
import { EventSet } from '../reconcile/event-set.ts'
import type { HandedOver, Sender } from './sender.ts'
import { createVisitor, type Visitor, type VisitorRequest } from './visitor.ts'

/** The site that every Retrace has from the start. */
export const site = 'demo'
/** Once the endpoint is up to stay, what is under way needs a retry or two. */
export const finishWithinMs = 30_000

export type LoadOptions = {
  sender: Sender
  /** Events a second, at most. */
  rate: number
  seed: number
}

export type LoadCounts = {
  /** Attempts, those that were sent again included. */
  requests: number
  /** By status. */
  refusals: Record<string, number>
  /** Requests that were handed over and not answered: whether they were stored is unknown, so they are sent again. */
  unknown: number
  /** Events that the endpoint would not take, which never happens to good ones. */
  rejected: number
}

export type Load = {
  readonly acknowledged: EventSet
  readonly counts: LoadCounts
  /** Requests under way now. */
  readonly inFlight: number
  /** Told of every request that was handed over and got no answer. */
  onUnanswered: (request: HandedOver) => void
  /** Begins no further requests; resolves with how many are still not acknowledged, at the latest after `withinMs`. */
  finish(withinMs: number): Promise<number>
}

const tickMs = 5
/** Time between an attempt that failed and the next: short, so that a kill is soon followed by load again. */
const pauseMs = { least: 50, most: 250 }

export function startLoad({ sender, rate, seed }: LoadOptions): Load {
  const random = seededRandom(seed)
  const acknowledged = new EventSet()
  const counts: LoadCounts = { requests: 0, refusals: {}, unknown: 0, rejected: 0 }
  const idle: Visitor[] = Array.from({ length: visitorsFor(rate) }, () => createVisitor(random))
  const busy = new Set<Promise<void>>()
  let finished = false
  let abandoned = false
  let inFlight = 0
  let owed = 0
  let lastTick = performance.now()

  const load: Load = {
    acknowledged,
    counts,
    get inFlight() {
      return inFlight
    },
    onUnanswered: () => {},
    async finish(withinMs) {
      finished = true
      clearInterval(ticker)
      await Promise.race([Promise.all(busy), sleep(withinMs, undefined, { ref: false })])
      abandoned = true
      return busy.size
    },
  }

  const ticker = setInterval(() => {
    const now = performance.now()
    // What could not be sent in time is not made up for: a burst after a restart comes from the visitors that wait.
    owed = Math.min(owed + ((now - lastTick) * rate) / 1000, rate / 10)
    lastTick = now
    while (owed >= 1 && idle.length > 0 && !finished) owed -= act(takeAny(idle, random))
  }, tickMs)

  /** @returns how many events the visitor sends */
  function act(visitor: Visitor): number {
    const request = visitor.next(Date.now())
    const done = untilAcknowledged(request).then(() => {
      idle.push(visitor)
      busy.delete(done)
    })
    busy.add(done)
    return request.events.length
  }

  async function untilAcknowledged(request: VisitorRequest): Promise<void> {
    while (!abandoned) {
      counts.requests += 1
      inFlight += 1
      const outcome = await sender.send(request)
      inFlight -= 1
      if (outcome.kind === 'acknowledged') {
        counts.rejected += outcome.rejected.length
        for (const [i, { load, n }] of request.events.entries())
          if (!outcome.rejected.includes(i)) acknowledged.add(site, load, n)
        return
      }
      if (outcome.kind === 'refused') counts.refusals[outcome.status] = (counts.refusals[outcome.status] ?? 0) + 1
      else if (outcome.handedOver) {
        counts.unknown += 1
        load.onUnanswered(outcome.handedOver)
      }
      await sleep(between(random, pauseMs.least, pauseMs.most))
    }
  }

  return load
}

/** Enough that the rate is reached with acknowledgements of 200 ms, few enough not to storm an endpoint that is down. */
function visitorsFor(rate: number): number {
  return Math.min(400, Math.max(20, Math.ceil(rate / 4)))
}

function takeAny(visitors: Visitor[], random: Random): Visitor {
  const chosen = pick(random, visitors as [Visitor, ...Visitor[]])
  visitors.splice(visitors.indexOf(chosen), 1)
  return chosen
}

/**
 * Viewers of the same query, and the one poller that serves them all. It runs while somebody watches:
 *
 *     join ──▶ watching ── every 400 ms: recent cells; every 5 s: all of them ──▶ last viewer left: stopped
 *                  └─ three failures in a row: all viewers are let go, and come again by themselves
 */
import type { Period } from '../query/period.ts'
import type { Snapshot } from './snapshot.ts'
import type { LiveEvent, Viewer } from './viewer.ts'

/** A click shows within two seconds, of which the way to the cells takes about one. */
const recentEveryMs = 400
/** Imports, late events and alerts. */
const allEveryMs = 5000
const maxFailures = 3
/** Between failures. */
const retryMs = 1000

export type WatchOptions = {
  snapshot: Snapshot
  /** The period as of now: without bounds it is today, and moves on. Undefined when it can no longer be answered. */
  period: () => Period | undefined
  onFailure: (error: unknown) => void
  /** Called once, when nobody watches any more. */
  onStop: () => void
}

export class Watch {
  readonly #options: WatchOptions
  /** Whoever is there, and of them those who have been sent what there is: only they are told of changes. */
  readonly #viewers = new Set<Viewer>()
  readonly #greeted = new Set<Viewer>()
  /** The latest event of each kind: what a viewer who joins is sent at once. */
  readonly #latest = new Map<string, LiveEvent>()
  #ready: Promise<void> | undefined
  #nextAllAt = 0
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Rejects when the first look fails; the viewer is then not in. */
  async join(viewer: Viewer): Promise<void> {
    this.#viewers.add(viewer)
    this.#ready ??= this.#look().then(() => this.#schedule(recentEveryMs))
    try {
      await this.#ready
    } catch (error) {
      this.leave(viewer)
      throw error
    }
    viewer.send(this.#latest.values())
    if (this.#viewers.has(viewer)) this.#greeted.add(viewer)
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer)
    this.#greeted.delete(viewer)
    if (this.#viewers.size > 0 || this.#stopped) return
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#options.onStop()
  }

  end(): void {
    for (const viewer of [...this.#viewers]) {
      viewer.end()
      this.leave(viewer)
    }
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#tick(), delayMs)
  }

  async #tick(): Promise<void> {
    const startedAt = performance.now()
    try {
      await this.#look()
      this.#failures = 0
      this.#schedule(Math.max(recentEveryMs - (performance.now() - startedAt), recentEveryMs / 4))
    } catch (error) {
      this.#failures += 1
      this.#options.onFailure(error)
      if (this.#failures >= maxFailures) this.end()
      else this.#schedule(retryMs)
    }
  }

  async #look(): Promise<void> {
    const { snapshot } = this.#options
    if (performance.now() < this.#nextAllAt) return this.#publish(await snapshot.refreshRecent())
    const period = this.#options.period()
    if (!period) return this.end()
    const [events, realtime] = await Promise.all([snapshot.refreshAll(period), snapshot.refreshRealtime()])
    this.#nextAllAt = performance.now() + allEveryMs
    this.#publish([...events, realtime])
  }

  /** Sends what differs from what was sent before. */
  #publish(events: readonly LiveEvent[]): void {
    const changed = events.filter(({ name, json }) => this.#latest.get(keyOf(name, json))?.json !== json)
    for (const event of changed) this.#latest.set(keyOf(event.name, event.json), event)
    for (const viewer of this.#greeted) viewer.send(changed)
  }
}

/** Breakdowns are told apart by their dimension, which their JSON begins with. */
function keyOf(name: string, json: string): string {
  return name === 'breakdown' ? json.slice(0, json.indexOf(',')) : name
}

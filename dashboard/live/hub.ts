/** All live streams: who asks the same shares a watch, and there are only so many. */
import { Problem } from '../problems.ts'
import { type Period, type PeriodQuery, parsePeriod } from '../query/period.ts'
import type { Store } from '../store/store.ts'
import { Snapshot } from './snapshot.ts'
import { Viewer } from './viewer.ts'
import { Watch } from './watch.ts'

/** Streams at once. Each holds a socket and some buffers; each different query a poller and its merged figures. */
const maxViewers = 500
const maxWatches = 50
/** Of one site: whoever has a link to it can ask for as many periods as there are, and others look at other sites. */
const maxWatchesPerSite = 30

export type WatchQuery = PeriodQuery & { generation?: string }

export type HubOptions = { store: Store; now: () => number; onFailure: (error: unknown) => void }

export class Hub {
  readonly #options: HubOptions
  readonly #watches = new Map<string, Watch>()
  readonly #watchesOfSite = new Map<string, number>()
  #viewers = 0
  #closed = false

  constructor(options: HubOptions) {
    this.#options = options
  }

  /**
   * @param period what `query` means now
   * @returns a viewer who has been sent everything there is
   * @throws Problem 503 when there are too many; faults of the store when nothing can be read
   */
  async watch(site: { site: string; timeZone: string }, query: WatchQuery, period: Period): Promise<Viewer> {
    if (this.#closed || this.#viewers >= maxViewers) throw new Problem('too_many_viewers', { retryAfterSeconds: 10 })
    const watch = this.#watchOf(site, query, period)
    this.#viewers += 1
    const viewer = new Viewer(() => {
      this.#viewers -= 1
      watch.leave(viewer)
    })
    try {
      await watch.join(viewer)
      return viewer
    } catch (error) {
      viewer.stream.destroy()
      throw error
    }
  }

  /** Ends every stream; pages come again by themselves. */
  close(): void {
    this.#closed = true
    for (const watch of this.#watches.values()) watch.end()
  }

  #watchOf(site: { site: string; timeZone: string }, query: WatchQuery, period: Period): Watch {
    const { store, now, onFailure } = this.#options
    const key = JSON.stringify([
      site.site,
      site.timeZone,
      query.from,
      query.to,
      query.interval,
      query.tz,
      query.generation,
    ])
    const found = this.#watches.get(key)
    if (found) return found
    const ofSite = this.#watchesOfSite.get(site.site) ?? 0
    if (this.#watches.size >= maxWatches || ofSite >= maxWatchesPerSite)
      throw new Problem('too_many_viewers', { retryAfterSeconds: 10 })
    const watch = new Watch({
      snapshot: new Snapshot(store, site.site, period, now, query.generation),
      period: () => {
        const result = parsePeriod(query, site, now())
        return result.ok ? result.period : undefined
      },
      onFailure,
      onStop: () => {
        this.#watches.delete(key)
        this.#count(site.site, -1)
      },
    })
    this.#watches.set(key, watch)
    this.#count(site.site, 1)
    return watch
  }

  #count(site: string, step: 1 | -1): void {
    const count = (this.#watchesOfSite.get(site) ?? 0) + step
    if (count === 0) this.#watchesOfSite.delete(site)
    else this.#watchesOfSite.set(site, count)
  }
}

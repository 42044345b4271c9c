/** The anomaly detector and its judge over stores in memory (memory.ts), and all that they leave behind. */
import { createAnomalyDetector } from '../../consumers/anomaly-detector/detector.ts'
import { createJudge, type Judge } from '../../consumers/anomaly-detector/judge/judge.ts'
import type { JudgedMinutes } from '../../consumers/anomaly-detector/judge/judged-minutes.ts'
import type { Snapshots } from '../../consumers/anomaly-detector/judge/snapshots.ts'
import { handledThrough } from '../../consumers/anomaly-detector/judge/through.ts'
import type { MinuteKey } from '../../consumers/anomaly-detector/minutes.ts'
import { incidentKey } from '../../consumers/anomaly-detector/shapes/incident.ts'
import {
  addFigures,
  figuresFromJson,
  figuresToJson,
  type MinuteFigures,
  MinuteTally,
  noFigures,
  type SavedMinute,
} from '../../consumers/anomaly-detector/watch/figures.ts'
import { type SavedSite, SiteWatch } from '../../consumers/anomaly-detector/watch/site-watch.ts'
import type { Consumer } from '../../consumers/runtime/consumer.ts'
import { MemoryStores, MemoryTable, memoryReader, type Weather } from './memory.ts'
import type { FullShard } from './shards.ts'

export class DetectorWorld {
  readonly stores = new MemoryStores()
  readonly minutes = new MemoryTable<MinuteKey, MinuteTally>(
    ({ site, minute, shardId }) => `${site} ${minute} ${shardId}`,
    (tally) => JSON.stringify(tally.toJson()),
    (stored) => (stored === undefined ? MinuteTally.empty() : MinuteTally.fromJson(JSON.parse(stored) as SavedMinute)),
  )
  /** By site and start of the minute: figures as they are stored. */
  readonly judged = new Map<string, string>()
  readonly incidents = new Map<string, { judged: number; json: string }>()
  /** What is told of them, by incident and event: the first word counts. */
  readonly told = new Map<string, string>()
  readonly #snapshots = new Map<string, { next: number; saved: string; revision: number }>()

  consumer(weather: Weather): Consumer {
    return createAnomalyDetector({
      checkpoints: this.stores.checkpoints(weather),
      objects: this.stores.objects(weather),
      minutes: this.minutes.store(weather),
      quarantine: () => Promise.reject(new Error('all of it can be decoded')),
    })
  }

  /** @param shards with all that they will ever hold, at a time long after */
  judge(weather: Weather, shards: readonly FullShard[], now: number): Judge {
    const checkpoints = this.stores.checkpoints(weather)
    const reader = memoryReader(shards, weather)
    return createJudge({
      through: () => handledThrough({ reader, checkpoints, now: () => now }),
      sites: () => weather(() => ['demo']),
      minutes: this.#judgedMinutes(weather),
      snapshots: this.#snapshotStore(weather),
      watch: (site, saved) => new SiteWatch(site, saved),
      look: (_minute, counted) => counted ?? noFigures(),
      feedback: () => weather(() => []),
      tell: async (_site, told) => {
        for (const { incident } of structuredClone(told))
          await weather(() => {
            const name = `${incidentKey(incident)} ${incident.end === undefined ? 'opened' : 'ended'}`
            if (!this.told.has(name)) this.told.set(name, JSON.stringify(incident))
          })
        return new Set(told.map(({ incident }) => incidentKey(incident)))
      },
      incidents: {
        put: (incident, judged) => {
          const json = JSON.stringify(incident)
          return weather(() => {
            const name = incidentKey(incident)
            if ((this.incidents.get(name)?.judged ?? 0) <= judged) this.incidents.set(name, { judged, json })
          })
        },
      },
    })
  }

  #judgedMinutes(weather: Weather): JudgedMinutes<MinuteFigures> {
    return {
      first: (site, from) =>
        weather(() => {
          const minutes = this.minutes.values().map(([name]) => name.split(' '))
          const starts = minutes.filter(([of]) => of === site).map(([, minute]) => Number(minute))
          const found = starts.filter((minute) => minute >= from)
          return found.length === 0 ? undefined : Math.min(...found)
        }),
      read: (site, from, to) =>
        weather(() => {
          const isIn = (of: string | undefined, minute: number) => of === site && minute >= from && minute < to
          const judged = new Map(
            [...this.judged].flatMap(([name, json]) => {
              const [of, minute] = name.split(' ')
              return isIn(of, Number(minute)) ? [[Number(minute), figuresFromJson(JSON.parse(json))]] : []
            }),
          )
          const counted = new Map<number, ReturnType<typeof noFigures>>()
          for (const [name, tally] of this.minutes.values().sort(([a], [b]) => (a < b ? -1 : 1))) {
            const [of, text] = name.split(' ')
            const minute = Number(text)
            if (!isIn(of, minute)) continue
            const sum = counted.get(minute) ?? noFigures()
            counted.set(minute, sum)
            addFigures(sum, tally.figures)
          }
          return { judged, counted }
        }),
      close: (site, minute, figures) => {
        const json = JSON.stringify(figuresToJson(figures))
        return weather(() => {
          const name = `${site} ${minute}`
          const first = this.judged.get(name) ?? json
          this.judged.set(name, first)
          return figuresFromJson(JSON.parse(first))
        })
      },
    }
  }

  #snapshotStore(weather: Weather): Snapshots<SavedSite> {
    const place = (site: string, revision: number) => ({ object: site, revision })
    return {
      find: (site) =>
        weather(() => {
          const found = this.#snapshots.get(site)
          return found && { next: found.next, saved: JSON.parse(found.saved), place: place(site, found.revision) }
        }),
      replace: (site, before, { next, saved }) => {
        const json = JSON.stringify(saved)
        return weather(() => {
          if ((this.#snapshots.get(site)?.revision ?? 0) !== before.revision) return undefined
          this.#snapshots.set(site, { next, saved: json, revision: before.revision + 1 })
          return place(site, before.revision + 1)
        })
      },
    }
  }
}

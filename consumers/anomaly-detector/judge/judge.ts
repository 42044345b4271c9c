/**
 * The judge: takes each site's minutes in turn, once all shards are through with them, and stores what incidents they make
 * (docs/decisions/0026-incidents.md). May be run by any number of processes at once, which may be killed at any moment.
 *
 *     counted by shards ──close──▶ judged minute ──▶ SiteWatch ──▶ incidents ──▶ snapshot, at full hours
 *                         once: the first decides    a pure fold    as of a minute
 *
 * Everything behind the closing is a function of closed minutes, so whoever begins at a snapshot again, and folds what was
 * closed since, writes what is there already.
 */
import { inParallel } from '../../runtime/exactly-once.ts'
import type { Told } from '../deliver/outbox.ts'
import { keptMs, minuteOf } from '../minutes.ts'
import type { Feedback } from '../shapes/feedback.ts'
import { type Incident, incidentKey } from '../shapes/incident.ts'
import { hourMs, minuteMs } from '../watch/kinds.ts'
import { noSettings, type SettingsHistory } from '../watch/settings.ts'
import type { IncidentStore } from './incident-store.ts'
import type { JudgedMinutes } from './judged-minutes.ts'
import { noSnapshot, type SnapshotPlace, type Snapshots } from './snapshots.ts'

/** What is known of one site, or of the pipeline, and what its next minute makes of it: a pure fold. */
export type Watch<Figures, Saved> = {
  /** @returns the incidents that are new or different now */
  add(minute: number, figures: Figures, settings: SettingsHistory): Incident[]
  save(): Saved
}

export type JudgeDependencies<Figures, Saved, Each extends Watch<Figures, Saved>> = {
  /** The time before which everything in the stream is counted, epoch milliseconds. */
  through: () => Promise<number>
  sites: () => Promise<readonly string[]>
  minutes: JudgedMinutes<Figures>
  snapshots: Snapshots<Saved>
  watch: (site: string, saved?: Saved) => Each
  /** What a minute was that nobody has closed: asked of the first who does. */
  look: (minute: number, counted: Figures | undefined, watch: Each) => Promise<Figures> | Figures
  incidents: Pick<IncidentStore, 'put'>
  /** What people have said of a site's incidents. */
  feedback: (site: string) => Promise<readonly Feedback[]>
  /**
   * Has those told who want to be; told of the same again, it adds nothing.
   *
   * @returns keys of incidents that it need not hear of again before they are over
   */
  tell: (site: string, told: readonly Told[]) => Promise<ReadonlySet<string>>
}

export type Round = {
  /** All minutes before it are judged, of sites without a fault: epoch milliseconds. */
  until: number
  /** What kept it from going on with a site; the next round tries again. */
  faults: { site: string; error: unknown }[]
}

export type Judge = {
  /** Judges all that can be. */
  round(signal?: AbortSignal): Promise<Round>
}

/** Time that a record may take from its creation into the stream (RETRACE_KINESIS_PATIENCE_MS and some); what the overflow delays comes too late. */
export const graceMs = 10_000
/** Sites that are kept in memory between rounds, of some 600 KB each; others begin at their snapshot each time. */
const mostSites = 500

/** A site as far as it is judged. */
type KnownSite<Each> = {
  watch: Each
  next: number
  place: SnapshotPlace
  /** Keys of incidents that go on, whose opening need not be told again. */
  opened: Set<string>
}

export function createJudge<Figures, Saved, Each extends Watch<Figures, Saved>>({
  through,
  sites,
  minutes,
  snapshots,
  watch: watchOf,
  look,
  incidents,
  feedback,
  tell,
}: JudgeDependencies<Figures, Saved, Each>): Judge {
  const known = new Map<string, KnownSite<Each>>()

  /** @returns undefined while there is nothing of it */
  async function open(site: string, until: number): Promise<KnownSite<Each> | undefined> {
    const found = await snapshots.find(site)
    if (found) return { watch: watchOf(site, found.saved), next: found.next, place: found.place, opened: new Set() }
    const first = await minutes.first(site, until - keptMs)
    if (first === undefined || first >= until) return undefined
    // Where it begins is decided once, too.
    const watch = watchOf(site)
    const place = await snapshots.replace(site, noSnapshot, { next: first, saved: watch.save() })
    return place ? { watch, next: first, place, opened: new Set() } : open(site, until)
  }

  async function judgeSite(site: string, until: number, signal: AbortSignal | undefined): Promise<void> {
    const kept = known.get(site)
    // After any failure it is opened again, as after a crash.
    known.delete(site)
    const at = kept ?? (await open(site, until))
    if (!at) return
    // After a longer stop, what its minutes were is not known any more.
    const oldest = until - keptMs
    if (at.next < oldest) at.next = (await minutes.first(site, oldest)) ?? until
    const isBehind = at.next < until
    const settings: SettingsHistory = { ...noSettings, feedback: isBehind ? await feedback(site) : [] }
    while (at.next < until && !signal?.aborted) {
      const to = Math.min(until, Math.floor(at.next / hourMs + 1) * hourMs)
      const place = await judgeHour(site, at, to, settings)
      // Somebody else is further.
      if (!place) return
    }
    if (known.size < mostSites) known.set(site, at)
  }

  /** @returns the snapshot that counts now; undefined when it is somebody else's */
  async function judgeHour(
    site: string,
    at: KnownSite<Each>,
    to: number,
    settings: SettingsHistory,
  ): Promise<SnapshotPlace | undefined> {
    const { judged, counted } = await minutes.read(site, at.next, to)
    const latest = new Map<string, { incident: Incident; judged: number }>()
    const told: Told[] = []
    for (let minute = at.next; minute < to; minute += minuteMs) {
      const figures =
        judged.get(minute) ?? (await minutes.close(site, minute, await look(minute, counted.get(minute), at.watch)))
      for (const changed of at.watch.add(minute, figures, settings)) {
        const incident = structuredClone(changed)
        const key = incidentKey(incident)
        latest.set(key, { incident, judged: minute })
        const until = minute + minuteMs
        if (!at.opened.has(key)) told.push({ incident: { ...incident, end: undefined }, until: incident.end ?? until })
        if (incident.end === undefined) continue
        told.push({ incident, until })
        at.opened.delete(key)
      }
    }
    await inParallel(latest.values(), ({ incident, judged }) => incidents.put(incident, judged))
    const opened = await tell(site, told)
    const goingOn = [...latest].filter(([, { incident }]) => incident.end === undefined)
    for (const [key] of goingOn) if (opened.has(key)) at.opened.add(key)
    at.next = to
    if (to % hourMs !== 0) return at.place
    const place = await snapshots.replace(site, at.place, { next: to, saved: at.watch.save() })
    if (place) at.place = place
    return place
  }

  return {
    async round(signal) {
      const faults: Round['faults'] = []
      const until = minuteOf(Math.max(0, (await through()) - graceMs))
      if (until === 0) return { until, faults }
      await inParallel(await sites(), async (site) => {
        if (signal?.aborted) return
        await judgeSite(site, until, signal).catch((error: unknown) => faults.push({ site, error }))
      })
      return { until, faults }
    },
  }
}

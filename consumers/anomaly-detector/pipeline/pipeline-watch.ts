/** All that is known of the pipeline, and what its next minute makes of it: pure and deterministic, as watch/site-watch.ts. */

import { type Change, type ChangeDimension, type Incident, type SeriesName, seriesKey } from '../shapes/incident.ts'
import { kindOf } from '../watch/kinds.ts'
import { type Begun, begin, resume, update } from '../watch/open-incidents.ts'
import type { Bar, Outcome, SeriesState } from '../watch/series-kind.ts'
import type { SettingsHistory } from '../watch/settings.ts'
import { adjustmentOf, barOf, settingsAt } from '../watch/settings.ts'
import { type SavedSeries, WatchedSeries } from '../watch/watched-series.ts'
import type { PipelineFigures } from './figures.ts'
import { LimitedSeries, type SavedLimited } from './limited-series.ts'

const rejectRate: SeriesName = { metric: 'rejectRate' }
const unaccounted: SeriesName = { metric: 'unaccounted' }
/** Fewer events of a minute say little about a share. */
const leastEvents = 20
/** A reason's weight sinks by this share with each minute: a mean over about a day. */
const forgotten = 1 / 1440
/** Changes that an incident names. */
const mostChanges = 5

type Limited = { name: SeriesName; series: LimitedSeries }

export class PipelineWatch {
  readonly #site: string
  readonly #rejected: WatchedSeries
  readonly #limited: Map<string, Limited>
  /** Events that were rejected, by reason: a mean a minute. */
  readonly #reasons: Map<string, number>
  #accountedTo: number | undefined
  readonly #open: Incident[]

  constructor(site: string, saved?: SavedPipeline) {
    const kind = kindOf(rejectRate)
    this.#site = site
    this.#rejected = saved ? WatchedSeries.load(kind, saved.rejected) : new WatchedSeries(kind)
    this.#limited = new Map(
      saved?.limited.map(({ name, series }) => [seriesKey(name), { name, series: new LimitedSeries(series) }]),
    )
    this.#reasons = new Map(saved?.reasons)
    this.#accountedTo = saved?.accountedTo ?? undefined
    this.#open = saved?.open.map(resume) ?? []
  }

  /** The arrival minute up to which the ledger was looked at, epoch milliseconds; undefined: it never was. */
  get accountedTo(): number | undefined {
    return this.#accountedTo
  }

  /**
   * Judges the next minute.
   *
   * @param minute its start, epoch milliseconds; every minute in turn
   * @returns the incidents that are new or different now
   */
  add(minute: number, figures: PipelineFigures, settings: SettingsHistory): Incident[] {
    const begun: Begun[] = []
    const stepped = new Map<string, SeriesState>()
    const judged = (name: SeriesName, series: SeriesState, { streak, begins }: Outcome) => {
      stepped.set(seriesKey(name), series)
      if (begins && streak) begun.push({ name, kind: kindOf(name), series, streak })
    }
    const limited = (name: SeriesName, value: number, limit: number, minimumSteps?: number) => {
      const bar = barAt(name, settings, minute)
      const { series } = this.#limitedOf(name)
      const { stepMs } = kindOf(name)
      judged(
        name,
        series,
        series.add(minute, stepMs, value, limit, { ...bar, minimumSteps: minimumSteps ?? bar.minimumSteps }),
      )
    }

    const rejected = figures.rejected.reduce((sum, [, count]) => sum + count, 0)
    const events = figures.accepted + rejected
    if (events >= leastEvents)
      judged(
        rejectRate,
        this.#rejected,
        this.#rejected.add(minute, rejected / events, events, barAt(rejectRate, settings, minute)),
      )
    for (const { consumer, seconds, limit } of figures.behind ?? [])
      limited({ metric: 'lag', dimension: 'consumer', value: consumer }, seconds, limit)
    if (figures.ledger) {
      this.#accountedTo = figures.ledger.to
      const missing = figures.ledger.missing.reduce((sum, [, count]) => sum + count, 0)
      // One event that is nowhere is one too many, and seen once.
      limited(unaccounted, missing, 0, 1)
    }

    begin(this.#site, this.#open, begun)
    const changed = this.#open.filter((alert) => this.#goOn(alert, stepped, figures))
    if (this.#rejected.streak === undefined) this.#learn(figures)
    for (const alert of changed) if (alert.end !== undefined) this.#open.splice(this.#open.indexOf(alert), 1)
    return changed
  }

  #limitedOf(name: SeriesName): Limited {
    const key = seriesKey(name)
    const known = this.#limited.get(key) ?? { name, series: new LimitedSeries() }
    this.#limited.set(key, known)
    return known
  }

  #find(name: SeriesName): SeriesState | undefined {
    return name.metric === 'rejectRate' ? this.#rejected : this.#limited.get(seriesKey(name))?.series
  }

  /** @returns whether the incident is different now */
  #goOn(alert: Incident, stepped: ReadonlyMap<string, SeriesState>, figures: PipelineFigures): boolean {
    const lead = stepped.get(seriesKey(alert.series))
    // Where the first minute was the furthest, the one that it is told by says what changed.
    const isPeak = lead && update(alert, { series: lead, kind: kindOf(alert.series) })
    if (lead && (isPeak || (alert.changed.length === 0 && lead.streak?.quiet === 0)))
      alert.changed = this.#changes(alert, figures)
    const members = [alert.series, ...alert.others].map((name) => this.#find(name))
    const isOver = members.every((series) => series?.streak === undefined)
    if (isOver) alert.end = Math.max(alert.at + alert.stepMs, ...members.map((series) => series?.lastUntil ?? 0))
    return lead !== undefined || isOver
  }

  /** What contributes most, largest first. */
  #changes({ series: { metric, value } }: Incident, { behind, ledger, rejected }: PipelineFigures): Change[] {
    const changes = (
      dimension: ChangeDimension,
      found: readonly [string, number][],
      usual?: ReadonlyMap<string, number>,
    ) =>
      found
        .map(([value, observed]) => ({ dimension, value, observed, expected: usual?.get(value) ?? 0 }))
        .filter(({ observed, expected }) => observed > expected)
        .sort((a, b) => b.observed - b.expected - (a.observed - a.expected) || (a.value < b.value ? -1 : 1))
        .slice(0, mostChanges)
    if (metric === 'lag') return changes('shard', behind?.find(({ consumer }) => consumer === value)?.shards ?? [])
    if (metric === 'unaccounted') return changes('consumer', ledger?.missing ?? [])
    return changes('reason', rejected, this.#reasons)
  }

  #learn({ rejected }: PipelineFigures): void {
    const counts = new Map(rejected)
    for (const code of new Set([...this.#reasons.keys(), ...counts.keys()])) {
      const mean = this.#reasons.get(code) ?? 0
      this.#reasons.set(code, mean + ((counts.get(code) ?? 0) - mean) * forgotten)
    }
  }

  save(): SavedPipeline {
    return {
      rejected: this.#rejected.save(),
      limited: [...this.#limited.values()].map(({ name, series }) => ({ name, series: series.save() })),
      reasons: [...this.#reasons],
      accountedTo: this.#accountedTo ?? null,
      open: this.#open,
    }
  }
}

export type SavedPipeline = {
  rejected: SavedSeries
  limited: { name: SeriesName; series: SavedLimited }[]
  reasons: [string, number][]
  accountedTo: number | null
  open: Incident[]
}

function barAt(name: SeriesName, history: SettingsHistory, minute: number): Bar {
  const settings = settingsAt(history, minute)
  return barOf(kindOf(name), { ...settings, evidence: settings.evidence + adjustmentOf(history, name, minute) })
}

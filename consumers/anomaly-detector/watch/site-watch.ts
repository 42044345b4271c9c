/**
 * All that is known of one site, and what its next minute makes of it: pure and deterministic.
 * docs/anomaly-detection.md has the reasons.
 */
import { quantile } from '../../aggregator/shapes/quantiles.ts'
import { type Incident, type SeriesName, seriesKey, vitalNames } from '../shapes/incident.ts'
import { Engagement, type SavedEngagement } from './engagement.ts'
import {
  addFigures,
  figuresFromJson,
  figuresToJson,
  type MinuteFigures,
  noFigures,
  type SavedFigures,
} from './figures.ts'
import { dimensionsOf, hourMs, isCount, leastInHour, minuteMs } from './kinds.ts'
import { type Begun, begin, directionOf, resume, update } from './open-incidents.ts'
import type { WatchPart } from './parts.ts'
import { RecentMinutes, type SavedRecent } from './recent-minutes.ts'
import type { Bar } from './series-kind.ts'
import { adjustmentOf, barOf, type SettingsHistory, settingsAt } from './settings.ts'
import { type SavedShares, Shares } from './shares.ts'
import { type NamedSeries, type SavedSiteSeries, SiteSeries } from './site-series.ts'

export class SiteWatch {
  readonly #site: string
  readonly #series: SiteSeries
  readonly #shares: Shares
  /** The hour that goes on, and the page views that it would have without what minutes show to be unusual. */
  #hour: MinuteFigures
  #usualPageviews: number
  readonly #recent: RecentMinutes
  readonly #engagement: Engagement
  readonly #open: Incident[]

  /** @param without parts that it is tried without */
  constructor(site: string, saved?: SavedSite, without: readonly WatchPart[] = []) {
    this.#site = site
    this.#series = SiteSeries.load(saved?.series ?? [], without)
    this.#shares = new Shares(saved?.shares)
    this.#hour = saved ? figuresFromJson(saved.hour) : noFigures()
    this.#usualPageviews = saved?.usualPageviews ?? 0
    this.#recent = new RecentMinutes(saved?.recent)
    this.#engagement = new Engagement(saved?.engagement)
    this.#open = saved?.open.map(resume) ?? []
  }

  /**
   * Judges the next minute.
   *
   * @param minute its start, epoch milliseconds; every minute in turn, those without any event too
   * @returns the incidents that are new or different now
   */
  add(minute: number, counted: MinuteFigures, settings: SettingsHistory): Incident[] {
    const { counts, engaged } = counted
    const unengagedViews = this.#engagement.unengaged(counts.pageviews, engaged)
    const figures = { ...counted, counts: { ...counts, unengagedViews } }
    const begun: Begun[] = []
    const stepped: NamedSeries[] = []
    const judge = (named: NamedSeries, at: number, value: number, events: number) => {
      const { streak, begins } = named.series.add(at, value, events, barAt(named, settings, minute))
      stepped.push(named)
      if (begins && streak) begun.push({ ...named, streak })
    }

    for (const { named, value } of this.#series.valuesOf(figures)) judge(named, minute, value, value)
    addFigures(this.#hour, figures)
    this.#recent.add(figures)
    this.#usualPageviews += this.#usualOf(figures)
    const endsHour = (minute + minuteMs) % hourMs === 0
    const hour = this.#hour
    if (endsHour) {
      this.#judgeHour(minute + minuteMs - hourMs, judge)
      this.#hour = noFigures()
      this.#usualPageviews = 0
    }

    begin(this.#site, this.#open, begun)
    const changed = this.#open.filter((alert) => this.#goOn(alert, stepped, hour))
    if (this.#open.length === 0) {
      this.#shares.add(figures)
      this.#engagement.add(counts.pageviews, engaged)
    }
    if (endsHour) this.#series.chooseTops(this.#shares)
    for (const alert of changed) if (alert.end !== undefined) this.#open.splice(this.#open.indexOf(alert), 1)
    return changed
  }

  /** What minutes tell, hours need not tell again, nor learn from. */
  #usualOf({ counts: { pageviews } }: MinuteFigures): number {
    const series = this.#series.find({ metric: 'pageviews' })?.series
    return series?.streak ? (series.points.at(-1)?.expected ?? pageviews) : pageviews
  }

  #judgeHour(at: number, judge: (named: NamedSeries, at: number, value: number, events: number) => void): void {
    const { sample, vitals } = this.#hour
    const { visitors, bounced } = sample.bounces
    const pageviews = Math.round(this.#usualPageviews)
    judge(this.#series.get({ metric: 'pageviewsPerHour' }), at, pageviews, pageviews)
    if (visitors >= leastInHour.visitors)
      judge(this.#series.get({ metric: 'bounceRate' }), at, bounced / visitors, visitors)
    for (const vital of vitalNames) {
      const buckets = vitals.get(vital)
      if (!buckets) continue
      const reports = [...buckets.values()].reduce((sum, count) => sum + count, 0)
      if (reports >= leastInHour.vitals)
        judge(this.#series.get({ metric: vital }), at, quantile(buckets, 0.75) ?? 0, reports)
    }
  }

  /** @returns whether the incident is different now */
  #goOn(alert: Incident, stepped: readonly NamedSeries[], hour: MinuteFigures): boolean {
    const lead = stepped.find(({ name }) => seriesKey(name) === seriesKey(alert.series))
    // Where the first minute was the furthest, the one that it is told by says what changed.
    const isPeak = lead !== undefined && update(alert, lead)
    if (lead && (isPeak || (alert.changed.length === 0 && lead.series.streak?.quiet === 0))) {
      const { peak, series } = alert
      const steps = alert.stepMs / minuteMs
      const { tops, minutes } =
        lead.kind.stepMs === hourMs ? { tops: hour.tops, minutes: steps } : this.#recent.newest(steps)
      const ratio = this.#ratio(series, peak.expected / steps)
      alert.changed = this.#shares.changes({ tops }, dimensionsOf(series), minutes, directionOf(alert), ratio)
    }
    const members = [alert.series, ...alert.others].map((name) => this.#series.find(name)?.series)
    // The leading series may have turned: what it does now is another incident.
    const [leads, ...others] = members.map((series) => series?.streak)
    const isOver = leads?.direction !== directionOf(alert) && others.every((streak) => streak === undefined)
    if (isOver) alert.end = Math.max(alert.at + alert.stepMs, ...members.map((series) => series?.lastUntil ?? 0))
    return lead !== undefined || isOver
  }

  /** What the time of day leads to expect of the leading series, in relation to its mean. */
  #ratio({ metric, dimension, value }: SeriesName, expectedPerMinute: number): number {
    const mean =
      dimension !== undefined && dimension !== 'consumer' && value !== undefined
        ? this.#shares.perMinute(dimension, value)
        : this.#shares.countPerMinute(isCount(metric) ? metric : 'pageviews')
    return metric === 'pageviewsPerHour' || isCount(metric) ? (mean > 0 ? expectedPerMinute / mean : 1) : 1
  }

  save(): SavedSite {
    return {
      series: this.#series.save(),
      shares: this.#shares.save(),
      hour: figuresToJson(this.#hour),
      usualPageviews: this.#usualPageviews,
      recent: this.#recent.save(),
      engagement: this.#engagement.save(),
      open: this.#open,
    }
  }
}

export type SavedSite = {
  series: SavedSiteSeries
  shares: SavedShares
  hour: SavedFigures
  usualPageviews: number
  /** Absent in states before 2026-11-29. */
  recent?: SavedRecent
  engagement?: SavedEngagement
  open: Incident[]
}

function barAt({ name, kind }: NamedSeries, history: SettingsHistory, minute: number): Bar {
  const settings = settingsAt(history, minute)
  return barOf(kind, { ...settings, evidence: settings.evidence + adjustmentOf(history, name, minute) })
}

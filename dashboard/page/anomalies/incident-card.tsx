/** One incident: when, how far from what was expected, what contributed, and what somebody says of it. */
import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { Anomaly } from '../../anomaly-answers.ts'
import type { SiteAnswer } from '../../answers.ts'
import { detail, formatFigure, seriesName, title } from '../anomaly-words.ts'
import { countryName, formatCount, formatDuration, timeFormats } from '../format.ts'
import { AlertIcon } from '../icons.tsx'
import { metricNames } from '../metrics.ts'
import { apiPath, postJson } from '../state/client.ts'
import { localNow } from '../state/period.ts'
import type { Navigate, View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { anomalyTexts } from './texts.ts'

type IncidentCardProps = { anomaly: Anomaly; site: SiteAnswer; navigate: Navigate }

const hourMs = 3_600_000

export function IncidentCard({ anomaly, site, navigate }: IncidentCardProps) {
  const name = title(anomaly)
  return (
    <IncidentArticle
      anomaly={anomaly}
      timeZone={site.timeZone}
      title={name}
      peak={`${detail(anomaly)}, ${anomalyTexts.expected(formatFigure(anomaly.metric, anomaly.expected))}`}
      nameOf={seriesName}
    >
      <ViewLink
        class="button"
        view={lookAt(anomaly, site.timeZone, Date.now())}
        label={anomalyTexts.lookAt(name)}
        navigate={navigate}
      >
        {anomalyTexts.look}
      </ViewLink>
      {site.role !== 'viewer' && <Opinion anomaly={anomaly} site={site.site} />}
    </IncidentArticle>
  )
}

type IncidentArticleProps = {
  anomaly: Anomaly
  timeZone: string
  title: string
  /** What was seen when it was furthest. */
  peak: string
  nameOf: (series: Anomaly['others'][number]) => string
  /** What can be done about it. */
  children: ComponentChildren
}

/** What is told of an incident, whatever it is an incident of. */
export function IncidentArticle({ anomaly, timeZone, title, peak, nameOf, children }: IncidentArticleProps) {
  const id = useId()
  const { severity, peakAt, others, changed } = anomaly
  const { time } = timeFormats('minute', timeZone)
  return (
    <article class="card incident" data-severity={severity} aria-labelledby={id}>
      <header class="incident-head">
        <h3 id={id}>{title}</h3>
        <span class="incident-severity">
          <AlertIcon />
          {anomalyTexts.severities[severity]}
        </span>
      </header>
      <p class="incident-when">{whenText(anomaly, time)}</p>
      <p>
        {anomalyTexts.atPeak(time(Date.parse(peakAt)))} {peak}
      </p>
      {others.length > 0 && <p class="incident-when">{anomalyTexts.together(others.map(nameOf).join(', '))}</p>}
      {changed.length > 0 && <Changed changed={changed} />}
      <footer class="incident-end">{children}</footer>
    </article>
  )
}

function whenText({ at, end }: Anomaly, time: (at: number) => string): string {
  const from = Date.parse(at)
  if (end === undefined) return anomalyTexts.since(time(from))
  const until = Date.parse(end)
  return `${time(from)} – ${time(until)}, ${anomalyTexts.lasted(formatDuration((until - from) / 1000))}`
}

function Changed({ changed }: Pick<Anomaly, 'changed'>) {
  const { columns, dimensions } = anomalyTexts
  return (
    <table class="incident-changed">
      <caption>{anomalyTexts.changed}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.what}</th>
          <th scope="col">{columns.observed}</th>
          <th scope="col">{columns.expected}</th>
        </tr>
      </thead>
      <tbody>
        {changed.map(({ dimension, value, observed, expected }) => (
          <tr key={`${dimension} ${value}`}>
            <th scope="row">
              <small>{dimensions[dimension]}</small> {valueText(dimension, value)}
            </th>
            <td>{formatCount(observed)}</td>
            <td>{formatCount(Math.round(expected))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function valueText(dimension: Anomaly['changed'][number]['dimension'], value: string): string {
  if (dimension === 'country') return countryName(value)
  return value || (dimension === 'source' ? texts.values.direct : texts.values.unknown)
}

/** The figures of the hours around it. */
function lookAt({ at, end, metric }: Anomaly, timeZone: string, now: number): Partial<View> {
  const from = Math.floor(Date.parse(at) / hourMs - 1) * hourMs
  const until = Math.ceil((end === undefined ? now : Date.parse(end)) / hourMs + 1) * hourMs
  const moment = (time: number) => {
    const { date, time: timeOfDay } = localNow(timeZone, time)
    return `${date}T${timeOfDay}`
  }
  const shown = metric === 'pageviewsPerHour' ? 'pageviews' : metricNames.find((name) => name === metric)
  return {
    page: 'site',
    period: 'custom',
    from: moment(from),
    to: moment(until),
    interval: undefined,
    filters: [],
    segment: undefined,
    details: undefined,
    metric: shown ?? 'visitors',
  }
}

const choices = ['useful', 'noise', 'none'] as const

export function Opinion({ anomaly, site }: { anomaly: Anomaly; site: string }) {
  const id = useId()
  const [chosen, setChosen] = useState(anomaly.verdict ?? 'none')
  const [told, setTold] = useState('')

  async function choose(verdict: (typeof choices)[number]): Promise<void> {
    const before = chosen
    setChosen(verdict)
    setTold('')
    try {
      await postJson<Anomaly>(apiPath(site, 'anomalies/feedback'), { id: anomaly.id, verdict })
      setTold(verdict === 'none' ? '' : anomalyTexts[verdict])
    } catch {
      setChosen(before)
      setTold(anomalyTexts.failed)
    }
  }

  return (
    <fieldset class="incident-opinion">
      <legend>{anomalyTexts.opinion}</legend>
      <div class="segments">
        {choices.map((verdict) => (
          <label key={verdict} class="segment">
            <input type="radio" name={id} checked={verdict === chosen} onChange={() => choose(verdict)} />
            <span>{anomalyTexts.verdicts[verdict]}</span>
          </label>
        ))}
      </div>
      <p role="status">{told}</p>
    </fieldset>
  )
}

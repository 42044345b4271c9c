/** Tries a threshold on the past of a metric: what it had, what was expected, and what would have been told. */
import { useId, useState } from 'preact/hooks'
import { type BacktestAnswer, type BacktestMetric, backtestMetrics } from '../../anomaly-answers.ts'
import type { SiteAnswer } from '../../answers.ts'
import { detail, title } from '../anomaly-words.ts'
import { Field, TextField } from '../field.tsx'
import { formatExact, timeFormats } from '../format.ts'
import { metricViews } from '../metrics.ts'
import { Notice } from '../notice.tsx'
import { apiPath } from '../state/client.ts'
import { addDays, localNow } from '../state/period.ts'
import { useFetched } from '../state/use-fetched.ts'
import { texts } from '../texts.ts'
import { BacktestPlot } from './backtest-plot.tsx'
import { anomalyTexts } from './texts.ts'

const words = anomalyTexts.backtest
/** Days that are tried at first, and where the scale of the threshold begins and ends. */
const daysShown = 7
const evidence = { least: 3, usual: 9, most: 30 }
type Step = BacktestAnswer['interval']

export function Backtest({ site }: { site: SiteAnswer }) {
  const id = useId()
  const today = localNow(site.timeZone, Date.now()).date
  const [metric, setMetric] = useState<BacktestMetric>('pageviews')
  const [interval, setInterval] = useState<Step>('hour')
  const [from, setFrom] = useState(addDays(today, 1 - daysShown))
  const [to, setTo] = useState(today)
  const [threshold, setThreshold] = useState(evidence.usual)
  const [asked, setAsked] = useState<string>()
  const { data, error, retry } = useFetched<BacktestAnswer>(asked)
  const steps: readonly Step[] = metric === 'bounceRate' ? ['hour'] : ['hour', 'minute']

  const submit = (event: Event) => {
    event.preventDefault()
    const step = steps.includes(interval) ? interval : 'hour'
    setAsked(
      apiPath(site.site, 'anomalies/backtest', { metric, interval: step, from, to, evidence: String(threshold) }),
    )
  }
  return (
    <section class="card settings-card backtest" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} class="incidents-title">
        {words.title}
      </h2>
      <p class="incidents-lead">{words.lead}</p>
      <form class="backtest-form" onSubmit={submit}>
        <Field id={`${id}-metric`} label={words.metric} problem={undefined}>
          {(attributes) => (
            <select
              {...attributes}
              value={metric}
              onChange={({ currentTarget: { value } }) => setMetric(value as BacktestMetric)}
            >
              {backtestMetrics.map((name) => (
                <option key={name} value={name}>
                  {metricViews[name].label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field id={`${id}-step`} label={words.step} problem={undefined}>
          {(attributes) => (
            <select
              {...attributes}
              value={steps.includes(interval) ? interval : 'hour'}
              onChange={({ currentTarget: { value } }) => setInterval(value as Step)}
            >
              {steps.map((step) => (
                <option key={step} value={step}>
                  {words.steps[step]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField id={`${id}-from`} label={words.from} problem={undefined} type="date" value={from} onText={setFrom} />
        <TextField id={`${id}-to`} label={words.to} problem={undefined} type="date" value={to} onText={setTo} />
        <Field id={`${id}-threshold`} label={words.threshold(formatExact(threshold))} problem={undefined}>
          {(attributes) => (
            <input
              {...attributes}
              type="range"
              min={evidence.least}
              max={evidence.most}
              value={threshold}
              onInput={({ currentTarget }) => setThreshold(Number(currentTarget.value))}
            />
          )}
        </Field>
        <button type="submit" class="button">
          {words.tryIt}
        </button>
      </form>
      <p class="incidents-lead">{words.thresholdHint(formatExact(evidence.usual))}</p>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {data && !error && <Outcome answer={data} timeZone={site.timeZone} />}
    </section>
  )
}

function Outcome({ answer, timeZone }: { answer: BacktestAnswer; timeZone: string }) {
  const { metric, interval, points, toldFrom, anomalies } = answer
  const { time } = timeFormats('minute', timeZone)
  const first = points[0]?.at
  const isEarly = toldFrom !== null && first !== undefined && toldFrom > first
  return (
    <>
      {points.length > 0 && <BacktestPlot answer={answer} metric={metricViews[metric]} timeZone={timeZone} />}
      {points.length > 0 && (
        <p class="backtest-legend" aria-hidden="true">
          <span class="legend legend-new">{metricViews[metric].label}</span>
          <span class="legend-band">{words.band}</span>
          <span class="legend-told">{words.told}</span>
        </p>
      )}
      <div role="status">
        {toldFrom === null && <p>{words.tooLittle[interval]}</p>}
        {isEarly && <p>{words.toldFrom(time(Date.parse(toldFrom)))}</p>}
        {toldFrom !== null && <p>{words.count(anomalies.length)}</p>}
      </div>
      <ul class="backtest-list">
        {anomalies.map((anomaly) => (
          <li key={anomaly.id}>
            <strong>{title(anomaly)}</strong>
            <br />
            {time(Date.parse(anomaly.at))}
            {anomaly.end !== undefined && ` – ${time(Date.parse(anomaly.end))}`}: {detail(anomaly)}{' '}
            <span class="incidents-lead">{words.evidence(formatExact(anomaly.evidence))}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

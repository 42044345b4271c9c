/** Incidents of the pipeline, which is watched like a site, and who is told of them. */
import { useId, useState } from 'preact/hooks'
import type { AnomaliesAnswer, Anomaly } from '../../anomaly-answers.ts'
import { IncidentArticle, Opinion } from '../anomalies/incident-card.tsx'
import { formatCount, formatDuration, formatExact, formatExactPercent } from '../format.ts'
import { CheckIcon } from '../icons.tsx'
import { Notice } from '../notice.tsx'
import { later } from '../panels/later.tsx'
import { apiPath } from '../state/client.ts'
import { addDays, localNow } from '../state/period.ts'
import { usePolled } from '../state/use-polled.ts'
import { texts } from '../texts.ts'
import { pipelineTexts } from './texts.ts'

const Alerts = later(async () => (await import('../settings/alerts/alerts.tsx')).Alerts)

/** As stream/tables.ts has it. */
const site = '_pipeline'
const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const days = 30
/** Minutes are judged once a minute. */
const pace = () => 20_000
const words = pipelineTexts.incidents

export function Incidents() {
  const from = addDays(localNow(timeZone, Date.now()).date, 1 - days)
  const { data, error, refresh } = usePolled<AnomaliesAnswer>(
    apiPath(site, 'anomalies', { from, tz: timeZone, limit: '50' }),
    pace,
  )
  const [isOpen, setIsOpen] = useState(false)
  const id = useId()
  return (
    <section class="content incidents" aria-labelledby={id}>
      <h2 class="incidents-title" id={id}>
        {words.title}
      </h2>
      <p class="incidents-lead">{words.lead}</p>
      {error && <Notice text={error.message || texts.problems.load} onRetry={refresh} />}
      {!data && !error && <section class="card settings-skeleton" aria-busy="true" />}
      {data?.anomalies.length === 0 && (
        <div class="card settings-card">
          <p class="nothing nothing-good">
            <CheckIcon />
            {words.none(formatExact(days))}
          </p>
        </div>
      )}
      {data?.anomalies.map((anomaly) => (
        <IncidentArticle
          key={anomaly.id}
          anomaly={anomaly}
          timeZone={timeZone}
          title={titleOf(anomaly)}
          peak={peakText(anomaly)}
          nameOf={titleOf}
        >
          <Opinion anomaly={anomaly} site={site} />
        </IncidentArticle>
      ))}
      <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary>{words.who}</summary>
        {isOpen && <Alerts site={site} reports={false} />}
      </details>
    </section>
  )
}

function titleOf({ metric, value = '' }: Pick<Anomaly, 'metric' | 'value'>): string {
  if (metric === 'unaccounted' || metric === 'rejectRate') return words[metric]
  const known: Record<string, { name: string } | undefined> = pipelineTexts.consumers
  return words.lag(known[value]?.name ?? value)
}

function peakText({ metric, observed, high }: Anomaly): string {
  if (metric === 'unaccounted') return words.peak.unaccounted(formatCount(observed))
  if (metric === 'rejectRate') return words.peak.rejectRate(formatExactPercent(observed), formatExactPercent(high))
  return words.peak.lag(formatDuration(observed), formatDuration(high))
}

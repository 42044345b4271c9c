/** What the anomaly detector found, latest first. */
import type { Anomaly } from '../../anomaly-answers.ts'
import { detail, title } from '../anomaly-words.ts'
import { formatCount, timeFormats } from '../format.ts'
import { AlertIcon, CheckIcon } from '../icons.tsx'
import type { Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'

const shown = 7

type AlertsPanelProps = { anomalies: readonly Anomaly[] | undefined; timeZone: string; navigate: Navigate }

export function AlertsPanel({ anomalies, timeZone, navigate }: AlertsPanelProps) {
  const { time } = timeFormats('minute', timeZone)
  return (
    <section class="card panel" aria-labelledby="alerts-title">
      <header class="panel-head">
        <h2 id="alerts-title">{texts.panels.alerts}</h2>
      </header>
      <div class="panel-body">
        {anomalies?.length === 0 && (
          <p class="nothing nothing-good">
            <CheckIcon />
            {texts.alerts.none}
          </p>
        )}
        <ul class="alerts">
          {anomalies?.slice(0, shown).map((anomaly) => (
            <li key={anomaly.id} class="alert">
              <AlertIcon />
              <span class="alert-text">
                <strong>{title(anomaly)}</strong>
                <small>
                  <time dateTime={anomaly.at}>{time(Date.parse(anomaly.at))}</time>
                  {anomaly.end === undefined && `, ${texts.alerts.goesOn}`} · {detail(anomaly)}
                </small>
              </span>
            </li>
          ))}
        </ul>
        {anomalies && anomalies.length > shown && (
          <p class="alerts-more">{texts.chart.moreAlerts(formatCount(anomalies.length - shown))}</p>
        )}
        <p>
          <ViewLink class="alerts-all" view={{ page: 'anomalies' }} navigate={navigate}>
            {texts.alerts.all}
          </ViewLink>
        </p>
      </div>
    </section>
  )
}

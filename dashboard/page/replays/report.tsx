/** What a replay changes, against what was published when it ended. */
import type { ReplayReport } from '../../../consumers/replay/shapes/report.ts'
import { formatExact } from '../format.ts'
import { CheckIcon } from '../icons.tsx'
import type { Navigate, View } from '../state/view.ts'
import { DayChart } from './day-chart.tsx'
import { DimensionChanges } from './dimension-changes.tsx'
import { changesOf, figureNames } from './figures.ts'
import { HeadlineTable } from './headline-table.tsx'
import { replayTexts } from './texts.ts'

type ReportProps = { report: ReplayReport; view: View; navigate: Navigate }

export function Report({ report, view, navigate }: ReportProps) {
  const words = replayTexts
  const { sites, identical, cells } = report
  // Those that change come first.
  const ordered = [...sites].sort((a, b) => b.changedCells - a.changedCells || (a.site < b.site ? -1 : 1))
  const site = ordered.find((each) => each.site === view.site) ?? ordered[0]
  return (
    <>
      {identical && (
        <section class="card same" aria-labelledby="same-title">
          <CheckIcon />
          <div>
            <h2 id="same-title">{words.same.title}</h2>
            <p>{words.same.text(formatExact(cells.compared))}</p>
          </div>
        </section>
      )}
      <Account events={report.events} />
      {site && !identical && (
        <section class="card report" aria-labelledby="report-title">
          <header class="panel-head">
            <h2 id="report-title">{words.report.title}</h2>
            {ordered.length > 1 && (
              <label class="site-select">
                {words.report.site}
                <select
                  value={site.site}
                  onChange={({ currentTarget: { value } }) => navigate.fix({ site: value, dimension: undefined })}
                >
                  {ordered.map(({ site: name }) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
            )}
          </header>
          <SiteReport key={site.site} change={site} view={view} navigate={navigate} />
        </section>
      )}
    </>
  )
}

type SiteReportProps = { change: ReplayReport['sites'][number]; view: View; navigate: Navigate }

function SiteReport({ change, view, navigate }: SiteReportProps) {
  const words = replayTexts.report
  const changes = changesOf(change)
  const chosen =
    figureNames.find((name) => name === view.figure) ?? changes.find(({ same }) => !same)?.name ?? figureNames[0]
  const nothing = change.dimensions.length === 0 && changes.every(({ same }) => same)
  return (
    <>
      {nothing && <p class="hint">{words.nothingHere}</p>}
      <div class="report-figures">
        <HeadlineTable
          changes={changes}
          days={change.days.length}
          chosen={chosen}
          onChoose={(figure) => navigate.fix({ figure })}
        />
        {change.days.length > 0 && <DayChart days={change.days} figure={chosen} />}
      </div>
      {change.dimensions.length > 0 && (
        <DimensionChanges
          dimensions={change.dimensions}
          current={view.dimension}
          onChoose={(dimension) => navigate.fix({ dimension })}
        />
      )}
    </>
  )
}

/** Whether the replay found what had been accepted: else a difference may be a loss. */
function Account({ events }: Pick<ReplayReport, 'events'>) {
  const { replayed, accountable, accepted, recordsPassedOver } = events
  const words = replayTexts.accountable
  const isShort = (accepted !== null && accepted !== accountable) || recordsPassedOver > 0
  const sentences: string[] = []
  if (accepted === null) sentences.push(words.unknown(formatExact(replayed)))
  else if (accountable !== accepted)
    sentences.push(words[accountable < accepted ? 'some' : 'more'](formatExact(accountable), formatExact(accepted)))
  else if (accepted > 0 || replayed === 0) sentences.push(words.all(formatExact(accepted)))
  if (accepted !== null && accountable < replayed) sentences.push(words.atCut(formatExact(replayed - accountable)))
  if (recordsPassedOver > 0) sentences.push(words.passedOver(formatExact(recordsPassedOver)))
  return <p class={isShort ? 'notice' : 'hint'}>{sentences.join(' ')}</p>
}

/** All panels; alerts are of the whole site. */
import type { ReportFigures } from '../../answers.ts'
import type { LiveData } from '../state/use-live.ts'
import type { Navigate, View } from '../state/view.ts'
import { AlertsPanel } from './alerts-panel.tsx'
import { firstList, type ListName, lists, panelNames } from './lists.ts'
import { Panel } from './panel.tsx'
import type { Question } from './use-breakdown.ts'
import { panelText } from './words.ts'

type PanelsProps = {
  view: View
  question: Question
  summary: ReportFigures | undefined
  live: LiveData | undefined
  timeZone: string
  navigate: Navigate
}

export function Panels({ view, question, summary, live, timeZone, navigate }: PanelsProps) {
  return (
    <div class="panels">
      {panelNames.map((name) => {
        const ofPanel: readonly ListName[] = lists[name]
        const current = ofPanel.find((list) => list === view.tabs[name]) ?? firstList(name, view.filters)
        return (
          <Panel
            key={name}
            title={panelText(name)}
            lists={ofPanel}
            current={current}
            onChoose={(list) => navigate.fix({ tabs: { ...view.tabs, [name]: list } })}
            question={question}
            summary={summary}
            details={view.details}
            navigate={navigate}
          />
        )
      })}
      {view.filters.length === 0 && view.segment === undefined && (
        <AlertsPanel anomalies={live?.anomalies?.anomalies} timeZone={timeZone} navigate={navigate} />
      )}
    </div>
  )
}

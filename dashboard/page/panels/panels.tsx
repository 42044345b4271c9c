/** All panels, or under a filter those that can be told. */
import type { ReportFigures } from '../../answers.ts'
import type { LiveData } from '../state/use-live.ts'
import type { Navigate, View } from '../state/view.ts'
import { AlertsPanel } from './alerts-panel.tsx'
import { listsUnder, panelNames } from './lists.ts'
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
  const { filter } = view
  return (
    <div class="panels">
      {panelNames.map((name) => {
        const lists = listsUnder(name, filter)
        const current = lists.find((list) => list === view.tabs[name]) ?? lists[0]
        if (current === undefined) return null
        return (
          <Panel
            key={name}
            title={panelText(name)}
            lists={lists}
            current={current}
            onChoose={(list) => navigate.fix({ tabs: { ...view.tabs, [name]: list } })}
            question={question}
            summary={summary}
            details={view.details}
            navigate={navigate}
          />
        )
      })}
      {!filter && <AlertsPanel anomalies={live?.anomalies?.anomalies} timeZone={timeZone} />}
    </div>
  )
}

/** All panels: which there are, and which lists are in each. */
import type { PanelDimension } from '../../answers.ts'
import { apiPath } from '../state/client.ts'
import type { DateRange } from '../state/period.ts'
import type { LiveData } from '../state/use-live.ts'
import { type Navigate, type PanelName, panelNames, type View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { AlertsPanel } from './alerts-panel.tsx'
import { Panel } from './panel.tsx'

const lists: Record<PanelName, readonly [PanelDimension, ...PanelDimension[]]> = {
  pages: ['page'],
  sources: ['referrer', 'campaign'],
  locations: ['country'],
  technology: ['browser', 'os', 'device'],
  clicks: ['target', 'event'],
}

type PanelsProps = {
  site: string
  view: View
  range: DateRange
  data: LiveData | undefined
  timeZone: string
  navigate: Navigate
}

export function Panels({ site, view, range, data, timeZone, navigate }: PanelsProps) {
  return (
    <div class="panels">
      {panelNames.map((name) => {
        const dimensions = lists[name]
        const current = dimensions.find((dimension) => dimension === view.tabs[name]) ?? dimensions[0]
        return (
          <Panel
            key={name}
            title={texts.panels[name]}
            dimensions={dimensions}
            current={current}
            onChoose={(dimension) => navigate.fix({ tabs: { ...view.tabs, [name]: dimension } })}
            breakdown={data?.breakdowns[current]}
            summary={data?.summary}
            detailsPath={apiPath(site, `breakdown/${current}`, {
              ...range,
              limit: '1000',
              generation: view.generation,
            })}
          />
        )
      })}
      <AlertsPanel anomalies={data?.anomalies?.anomalies} timeZone={timeZone} />
    </div>
  )
}

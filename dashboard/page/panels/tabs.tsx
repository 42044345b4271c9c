/** Tabs as WAI-ARIA's pattern has them: one stop for Tab, arrow keys between them. */
import type { PanelDimension } from '../../answers.ts'
import { texts } from '../texts.ts'

type TabsProps = {
  label: string
  dimensions: readonly PanelDimension[]
  current: PanelDimension
  /** Id of what the tabs switch. */
  controls: string
  onChoose: (dimension: PanelDimension) => void
}

export function Tabs({ label, dimensions, current, controls, onChoose }: TabsProps) {
  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = dimensions[(dimensions.indexOf(current) + step + dimensions.length) % dimensions.length]
    if (!next) return
    onChoose(next)
    document.getElementById(`${controls}-${next}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {dimensions.map((dimension) => (
        <button
          key={dimension}
          id={`${controls}-${dimension}`}
          type="button"
          role="tab"
          class="tab"
          aria-selected={dimension === current}
          aria-controls={controls}
          tabIndex={dimension === current ? 0 : -1}
          onClick={() => onChoose(dimension)}
        >
          {texts.dimensions[dimension]}
        </button>
      ))}
    </div>
  )
}

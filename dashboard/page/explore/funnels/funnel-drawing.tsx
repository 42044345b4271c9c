/** A funnel as one sees it: steps as wide as they have visits, and what is lost between them. */
import type { FunnelReportAnswer } from '../../../visit-answers.ts'
import { formatExact, formatFineDuration, formatPercent } from '../../format.ts'
import { stepWords } from './step-words.ts'
import { aimTexts } from './texts.ts'

type FunnelDrawingProps = { name: string; steps: FunnelReportAnswer['steps'] }

export function FunnelDrawing({ name, steps }: FunnelDrawingProps) {
  const first = steps[0]?.reached ?? 0
  const last = steps.at(-1)
  const told = aimTexts.drawing(
    name,
    formatExact(first),
    formatExact(last?.reached ?? 0),
    formatPercent(last?.ofFirst ?? 0),
  )
  return (
    <div class="funnel" role="img" aria-label={told}>
      {steps.map((step, i) => {
        const next = steps[i + 1]
        return (
          <div key={i}>
            <p class="funnel-label">
              <b>{stepWords(step.step)}</b>
              <span>
                {formatExact(step.reached)} · {formatPercent(step.ofFirst ?? 0)}
              </span>
            </p>
            <div class="funnel-bar" style={{ width: `${(step.ofFirst ?? 0) * 100}%` }} />
            {next && <Flow from={step.ofFirst ?? 0} to={next.ofFirst ?? 0} step={step} next={next} />}
          </div>
        )
      })}
    </div>
  )
}

type Step = FunnelReportAnswer['steps'][number]

function Flow({ from, to, step, next }: { from: number; to: number; step: Step; next: Step }) {
  const [a, b] = [from * 50, to * 50]
  const path = `M${50 - a} 0 C${50 - a} 50 ${50 - b} 50 ${50 - b} 100 H${50 + b} C${50 + b} 50 ${50 + a} 50 ${50 + a} 0 Z`
  const lost = step.reached - next.reached
  return (
    <div class="funnel-flow">
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path d={path} />
      </svg>
      <p>
        <b>{aimTexts.lostFlow(formatExact(lost), formatPercent(1 - (next.ofPrevious ?? 0)))}</b>
        {next.medianSeconds !== null && ` · ${formatFineDuration(next.medianSeconds)}`}
      </p>
    </div>
  )
}

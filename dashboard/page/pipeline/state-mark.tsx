/** How a consumer is doing: a shape, a colour and a word, each of which says it alone. */
import type { LagState } from '../../answers.ts'
import { formatFineDuration } from '../format.ts'
import { AlertIcon, CheckIcon, SilentIcon } from '../icons.tsx'
import { pipelineTexts } from './texts.ts'

const icons = { fine: CheckIcon, behind: AlertIcon, silent: SilentIcon, unknown: SilentIcon }

export function StateMark({
  state = 'unknown',
  silentSeconds,
}: {
  state?: LagState | 'unknown'
  silentSeconds: number
}) {
  const Icon = icons[state]
  return (
    <span class="state-mark" data-state={state}>
      <Icon />
      {state === 'silent' ? pipelineTexts.silentFor(formatFineDuration(silentSeconds)) : pipelineTexts.states[state]}
    </span>
  )
}

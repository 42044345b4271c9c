/** How a replay stands: a shape, a colour and a word, each of which says it alone. */
import type { ReplayState } from '../../answers.ts'
import { AlertIcon, CheckIcon, ReplayIcon, RunningIcon, SilentIcon, WaitingIcon } from '../icons.tsx'
import { replayTexts } from './texts.ts'

const icons: Record<ReplayState, typeof CheckIcon> = {
  requested: WaitingIcon,
  running: RunningIcon,
  ready: CheckIcon,
  failed: AlertIcon,
  dropping: SilentIcon,
  dropped: SilentIcon,
}

export function ReplayMark({ state }: { state: ReplayState }) {
  const Icon = icons[state]
  return (
    <span class="state-mark replay-mark" data-replay-state={state}>
      <Icon />
      {replayTexts.states[state]}
    </span>
  )
}

export function PublishedMark() {
  return (
    <span class="published-mark">
      <ReplayIcon />
      {replayTexts.published}
    </span>
  )
}

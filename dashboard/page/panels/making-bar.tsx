/** How far that is which an answer is to be made of. */
import { formatPercent } from '../format.ts'
import type { Making } from '../state/use-fetched.ts'
import { texts as panelTexts } from './texts.ts'

export function MakingBar({ making: { done, expected } }: { making: Making }) {
  const share = expected > 0 ? done / expected : 0
  return (
    <p class="making">
      <span>{panelTexts.filter.making(formatPercent(share))}</span>
      <progress value={share} aria-label={panelTexts.filter.making('')} />
    </p>
  )
}

/** Goals and funnels of a site: what visits come to, and where they are lost on the way. */
import type { QuestionProps } from '../questions.tsx'
import { FunnelSection } from './funnel-section.tsx'
import { GoalSection } from './goal-section.tsx'
import { addStyles } from './styles.ts'

addStyles()

export function Funnels(props: QuestionProps) {
  return (
    <div class="aims">
      <GoalSection {...props} />
      <FunnelSection {...props} />
    </div>
  )
}

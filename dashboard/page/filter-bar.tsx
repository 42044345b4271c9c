/** Which value is looked at by itself, a way back, and what that means for the figures. */
import type { Filter } from '../query/filter.ts'
import { CloseIcon } from './icons.tsx'
import { texts as panelTexts } from './panels/texts.ts'
import { valueText } from './panels/values.ts'
import type { Navigate } from './state/view.ts'
import { ViewLink } from './view-link.tsx'

export function FilterBar({ filter, navigate }: { filter: Filter; navigate: Navigate }) {
  const { dimension, value } = filter
  const words = panelTexts.filter
  const { text } = valueText(dimension, value)
  const told = words.chip(words.names[dimension] ?? dimension, text)
  return (
    <div class="filter-bar">
      <span class="chip">
        <span class="chip-text">{told}</span>
        <ViewLink view={{ filter: undefined }} navigate={navigate} class="chip-remove" label={words.remove(told)}>
          <CloseIcon />
        </ViewLink>
      </span>
      <p class="filter-note">
        {dimension === 'page' && `${words.ofPage} `}
        {words.apart}
      </p>
    </div>
  )
}

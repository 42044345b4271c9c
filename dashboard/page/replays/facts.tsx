/** What was asked for, and what came of it, in numbers. */
import type { ReplayAnswer } from '../../answers.ts'
import { formatDuration, formatExact } from '../format.ts'
import { replayTexts } from './texts.ts'
import { formatMoment, sitesText } from './words.ts'

export function Facts({ replay }: { replay: ReplayAnswer }) {
  return (
    <dl class="facts" aria-label={replayTexts.facts.title}>
      {factsOf(replay).map(([name, text, small]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {text}
            {small !== undefined && <small>{small}</small>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

type Fact = [name: string, text: string, small?: string]

function factsOf({
  state,
  sites,
  source,
  rules,
  requestedAt,
  startedAt,
  finishedAt,
  counts,
  publishedAt,
}: ReplayAnswer): Fact[] {
  const words = replayTexts
  const { name, about } = words.sources[source]
  const facts: Fact[] = [
    [words.facts.sites, sitesText(sites)],
    [words.facts.source, name, about],
    [words.facts.rules, rules ?? words.usualRules],
    [words.facts.requested, formatMoment(requestedAt)],
  ]
  // One that was resumed has failed before: it has not ended.
  if (state !== 'running' && startedAt !== null && finishedAt !== null)
    facts.push([words.facts.took, formatDuration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)])
  if (counts?.replayed != null) facts.push([words.facts.replayed, formatExact(counts.replayed)])
  if (counts?.compared != null)
    facts.push([
      words.facts.cells,
      counts.changed === 0
        ? words.identical
        : words.changed(formatExact(counts.changed ?? 0), formatExact(counts.compared)),
    ])
  if (publishedAt !== null) facts.push([words.facts.published, formatMoment(publishedAt)])
  return facts
}

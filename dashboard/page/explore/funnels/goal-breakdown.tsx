/** One goal by what visits came with: source, campaign, country, page of entry, … */
import { useState } from 'preact/hooks'
import type { ConversionsByAnswer, GoalAnswer } from '../../../visit-answers.ts'
import { formatExact, formatExactPercent } from '../../format.ts'
import { Notice } from '../../notice.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { valueText } from '../../panels/values.ts'
import { rowText } from '../../panels/words.ts'
import { apiPath } from '../../state/client.ts'
import { useFetched } from '../../state/use-fetched.ts'
import { texts } from '../../texts.ts'
import type { QuestionProps } from '../questions.tsx'
import { formatMoney } from './money.ts'
import { aimTexts } from './texts.ts'

const dimensions = [
  ...[
    'source',
    'referrer',
    'channel',
    'campaign',
    'medium',
    'term',
    'content',
    'entry',
    'country',
    'region',
    'language',
  ],
  ...['browser', 'os', 'device', 'screen'],
] as (Parameters<typeof rowText>[0] & Parameters<typeof valueText>[0])[]
const mostRows = 20

type GoalBreakdownProps = { site: string; goals: readonly GoalAnswer[]; query: QuestionProps['query'] }

export function GoalBreakdown({ site, goals, query }: GoalBreakdownProps) {
  const [id, setId] = useState(goals[0]?.id ?? '')
  const [dimension, setDimension] = useState(dimensions[0] as (typeof dimensions)[number])
  const path = apiPath(site, `conversions/${dimension}`, { ...query, goal: id, limit: String(mostRows) })
  const { data, error, making, retry } = useFetched<ConversionsByAnswer>(path)
  // What was answered for another dimension stays for a moment.
  const answer = data?.dimension === dimension ? data : undefined
  const goal = goals.find((each) => each.id === id)
  return (
    <>
      <div class="aims-head">
        <h3>{aimTexts.breakdown}</h3>
        <select
          aria-label={aimTexts.by}
          value={dimension}
          onChange={(event) => setDimension(event.currentTarget.value as typeof dimension)}
        >
          {dimensions.map((each) => (
            <option key={each} value={each} selected={each === dimension}>
              {rowText(each)}
            </option>
          ))}
        </select>
        <select aria-label={aimTexts.ofGoal} value={id} onChange={(event) => setId(event.currentTarget.value)}>
          {goals.map((each) => (
            <option key={each.id} value={each.id} selected={each.id === id}>
              {each.name}
            </option>
          ))}
        </select>
      </div>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {making && <MakingBar making={making} />}
      {!answer && !error && !making && <p class="hint">{texts.loading}…</p>}
      {answer && goal && (
        <table class="aims-table">
          <caption class="visually-hidden">
            {aimTexts.breakdown} {rowText(dimension)}
          </caption>
          <thead>
            <tr>
              <th scope="col">{rowText(dimension)}</th>
              <th scope="col">{aimTexts.visits}</th>
              <th scope="col">{aimTexts.conversions}</th>
              <th scope="col">{aimTexts.rate}</th>
              <th scope="col" class="aims-narrow">
                {aimTexts.value}
              </th>
            </tr>
          </thead>
          <tbody>
            {answer.rows.map(({ value, visits, conversions, rate, worth }) => (
              <tr key={value}>
                <th scope="row">{valueText(dimension, value).text || aimTexts.unknown}</th>
                <td>{formatExact(visits)}</td>
                <td>{formatExact(conversions)}</td>
                <td>{rate === null ? '–' : formatExactPercent(rate)}</td>
                <td class="aims-narrow">{worth === null ? '–' : formatMoney(worth, goal.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {answer && answer.total > answer.rows.length && (
        <p class="hint">{aimTexts.more(formatExact(answer.rows.length), formatExact(answer.total))}</p>
      )}
    </>
  )
}

/** Goals of the site with what reached them, beside the period before, and one of them by what visits came with. */
import { useState } from 'preact/hooks'
import type { ConversionsAnswer, GoalAnswer, GoalsAnswer } from '../../../visit-answers.ts'
import { formatExact, formatExactPercent } from '../../format.ts'
import { Notice } from '../../notice.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { apiPath } from '../../state/client.ts'
import { comparedRange } from '../../state/comparison.ts'
import { useFetched } from '../../state/use-fetched.ts'
import { texts } from '../../texts.ts'
import type { QuestionProps } from '../questions.tsx'
import { GoalBreakdown } from './goal-breakdown.tsx'
import { GoalForm } from './goal-form.tsx'
import { formatMoney } from './money.ts'
import { stepWords } from './step-words.ts'
import { aimTexts } from './texts.ts'

export function GoalSection({ site, view, range, query }: QuestionProps) {
  const goals = useFetched<GoalsAnswer>(apiPath(site.site, 'goals'))
  // What the conversions are of changes with the goals.
  const asked = goals.data && goals.data.goals.length > 0
  const ofGoals = goals.data?.goals.map(({ id, step, value }) => `${id} ${step} ${value}`).join()
  const now = useFetched<ConversionsAnswer>(asked ? apiPath(site.site, 'conversions', query) : undefined)
  const compared = comparedRange(view, range, view)
  const before = useFetched<ConversionsAnswer>(
    asked && compared ? apiPath(site.site, 'conversions', { ...query, ...compared }) : undefined,
  )
  const [editing, setEditing] = useState<GoalAnswer | 'new'>()
  const mayEdit = site.role !== 'viewer'
  const failed = goals.error ? goals : now
  return (
    <section class="card" aria-labelledby="goals-title">
      <div class="aims-head">
        <h2 id="goals-title">{aimTexts.goals}</h2>
        {mayEdit && (
          <button type="button" class="button" onClick={() => setEditing('new')}>
            {aimTexts.newGoal}
          </button>
        )}
      </div>
      {failed.error && <Notice text={failed.error.message || texts.problems.load} onRetry={failed.retry} />}
      {goals.data?.goals.length === 0 && <p class="hint">{mayEdit ? aimTexts.noGoals : aimTexts.noGoalsViewer}</p>}
      {now.making && <MakingBar making={now.making} />}
      {asked && !now.data && !now.making && !now.error && <p class="hint">{texts.loading}…</p>}
      {asked && now.data && (
        <>
          <p class="hint">{aimTexts.ofVisits(formatExact(now.data.visits), formatExact(now.data.visitors))}</p>
          <GoalTable
            goals={goals.data?.goals ?? []}
            now={now.data}
            before={compared && before.data}
            onEdit={mayEdit ? setEditing : undefined}
          />
          <GoalBreakdown key={ofGoals} site={site.site} goals={goals.data?.goals ?? []} query={query} />
        </>
      )}
      {editing && (
        <GoalForm
          site={site.site}
          goal={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onDone={() => {
            setEditing(undefined)
            goals.retry()
            now.retry()
            before.retry()
          }}
        />
      )}
    </section>
  )
}

type GoalTableProps = {
  goals: readonly GoalAnswer[]
  now: ConversionsAnswer
  before: ConversionsAnswer | undefined
  onEdit: ((goal: GoalAnswer) => void) | undefined
}

function GoalTable({ goals, now, before, onEdit }: GoalTableProps) {
  return (
    <table class="aims-table">
      <caption class="visually-hidden">{aimTexts.goals}</caption>
      <thead>
        <tr>
          <th scope="col">{aimTexts.goal}</th>
          <th scope="col">{aimTexts.conversions}</th>
          <th scope="col">{aimTexts.rate}</th>
          <th scope="col" class="aims-narrow">
            {aimTexts.visitorRate}
          </th>
          <th scope="col" class="aims-narrow">
            {aimTexts.completions}
          </th>
          <th scope="col" class="aims-narrow">
            {aimTexts.value}
          </th>
        </tr>
      </thead>
      <tbody>
        {goals.map((goal) => {
          const of = now.goals.find(({ id }) => id === goal.id)
          const then = before?.goals.find(({ id }) => id === goal.id)
          if (!of) return null
          return (
            <tr key={goal.id}>
              <th scope="row">
                {goal.name}
                <small>{stepWords(goal.step)}</small>
                {onEdit && (
                  <button
                    type="button"
                    class="link-button"
                    aria-label={aimTexts.editOf(goal.name)}
                    onClick={() => onEdit(goal)}
                  >
                    {aimTexts.edit}
                  </button>
                )}
              </th>
              <td>
                {formatExact(of.conversions)}
                {then && <Was now={of.conversions} then={then.conversions} format={formatExact} />}
              </td>
              <td>
                {of.rate === null ? '–' : formatExactPercent(of.rate)}
                {of.rate !== null && then && then.rate !== null && (
                  <Was now={of.rate} then={then.rate} format={formatExactPercent} />
                )}
              </td>
              <td class="aims-narrow">{of.visitorRate === null ? '–' : formatExactPercent(of.visitorRate)}</td>
              <td class="aims-narrow">{formatExact(of.completions)}</td>
              <td class="aims-narrow">{of.value === null ? '–' : formatMoney(of.value, of.currency)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Was({ now, then, format }: { now: number; then: number; format: (value: number) => string }) {
  const mood = now === then ? undefined : now > then ? 'good' : 'bad'
  return (
    <span class="aims-change" data-mood={mood}>
      {aimTexts.was(format(then))}
    </span>
  )
}

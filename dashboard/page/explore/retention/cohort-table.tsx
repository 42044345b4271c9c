/** A row for each cohort, a column for each week after it. */
import type { CohortsAnswer } from '../../../cohort-answers.ts'
import { formatExact, formatPercent } from '../../format.ts'
import { retentionTexts as words } from './texts.ts'
import { meansOf, strongestOf, weekAfter, weekText } from './weeks.ts'

/** Of the strongest cell; text on it can still be read. */
const mostColour = 45

export function CohortTable({ answer }: { answer: CohortsAnswer }) {
  const { cohorts, runningWeek, rememberedWeeks } = answer
  const columns = Math.max(...cohorts.map(({ later }) => later.length))
  const strongest = strongestOf(cohorts)
  const later = Array.from({ length: columns }, (_, i) => i)
  const isRunning = (week: string, i: number) => weekAfter(week, i + 1) === runningWeek
  const style = (rate: number | null) => ({
    background: `color-mix(in srgb, var(--fill) ${rate === null ? 0 : (mostColour * rate) / strongest}%, transparent)`,
  })
  return (
    <>
      {/* What is wider than the window is moved with the arrow keys, too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls has to be reached */}
      <section class="retention-scroll" aria-label={words.table} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {words.week}
              </th>
              <th scope="col" rowSpan={2}>
                {words.visitors}
              </th>
              {columns > 0 && (
                <th scope="colgroup" colSpan={columns}>
                  {words.later}
                </th>
              )}
            </tr>
            <tr>
              {later.map((i) => (
                <th key={i} scope="col">
                  {formatExact(i + 1)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cohorts.map(({ week, isFirstOfWindow, visitors, later: rates }) => (
              <tr key={week} data-first={isFirstOfWindow}>
                <th scope="row">
                  {weekText(week)}
                  {week === runningWeek && '*'}
                  {isFirstOfWindow && <small>{words.first}</small>}
                </th>
                <td>{formatExact(visitors)}</td>
                {rates.map(({ visitors: returned, rate }, i) => (
                  <td
                    key={i}
                    style={style(rate)}
                    title={words.cell(formatExact(returned), weekText(weekAfter(week, i + 1)))}
                  >
                    {rate === null ? '–' : formatPercent(rate)}
                    {isRunning(week, i) && '*'}
                  </td>
                ))}
                {rates.length < columns && <td colSpan={columns - rates.length} aria-hidden="true" />}
              </tr>
            ))}
          </tbody>
          {columns > 0 && (
            <tfoot>
              <tr>
                <th scope="row">{words.all}</th>
                <td />
                {meansOf(answer, columns).map((rate, i) => (
                  <td key={i} style={style(rate)}>
                    {rate === null ? '–' : formatPercent(rate)}
                  </td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
      </section>
      <p class="hint">
        {rememberedWeeks !== null && words.window(formatExact(rememberedWeeks))} {runningWeek !== null && words.running}
      </p>
    </>
  )
}

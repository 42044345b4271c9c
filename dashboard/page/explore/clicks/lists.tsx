/** Elements by how often they were clicked, or failed people, and how far down the page was seen. */
import type { ScrollAnswer } from '../../../answers.ts'
import type { ClickmapAnswer } from '../../../clickmap-answers.ts'
import { formatCount, formatExact, formatPercent } from '../../format.ts'
import { numbersWidth } from '../../panels/bar-list.tsx'
import { clicksTexts } from './texts.ts'

export const modes = ['clicks', 'rage', 'dead'] as const
export type Mode = (typeof modes)[number]

type Row = { text: string; small?: string; count: number }

function rowsOf({ elements, rage, dead }: ClickmapAnswer, mode: Mode): Row[] {
  if (mode !== 'clicks')
    return (mode === 'rage' ? rage : dead).map((row) => ({ text: row.selector, count: row.events }))
  return elements.map(({ text, selector, clicks }) => ({
    text: text || selector,
    ...(text && { small: selector }),
    count: clicks,
  }))
}

export function Elements({ answer, mode }: { answer: ClickmapAnswer; mode: Mode }) {
  const rows = rowsOf(answer, mode)
  const isCut = mode === 'clicks' && answer.total > rows.length
  return (
    <section class="card" aria-labelledby="clickmap-elements">
      <h2 id="clickmap-elements">{clicksTexts.elements}</h2>
      {rows.length === 0 && <p class="nothing">{clicksTexts.none[mode]}</p>}
      {rows.length > 0 && <Bars rows={rows} count={mode === 'clicks' ? clicksTexts.clicks : clicksTexts.reports} />}
      {isCut && <p class="clickmap-note">{clicksTexts.more(formatExact(rows.length), formatExact(answer.total))}</p>}
    </section>
  )
}

export function Depth({ scroll }: { scroll: ScrollAnswer }) {
  // Everybody reaches the top.
  const rows = scroll.depths
    .slice(1)
    .map(({ percent, reached }) => ({ text: formatPercent(percent / 100), count: reached }))
  return (
    <section class="card" aria-labelledby="clickmap-depth">
      <h2 id="clickmap-depth">{clicksTexts.depth}</h2>
      {scroll.total === 0 ? (
        <p class="nothing">{clicksTexts.noDepth}</p>
      ) : (
        <Bars rows={rows} count={clicksTexts.reports} of={scroll.total} />
      )}
    </section>
  )
}

/** @param props.of what shares are of; by default all rows together */
function Bars({ rows, count, of }: { rows: readonly Row[]; count: string; of?: number }) {
  const most = of ?? Math.max(1, ...rows.map((row) => row.count))
  const whole = of ?? rows.reduce((sum, row) => sum + row.count, 0)
  return (
    <>
      <div class="list-head">
        <span />
        <span>{count}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <ol class="bars" tabIndex={0}>
        {rows.map(({ text, small, count: shown }) => (
          <li key={`${text} ${small}`} class="bar-row">
            <span class="bar" style={{ width: `calc((100% - ${numbersWidth}px) * ${shown / most})` }} />
            <span class="bar-label" title={small === undefined ? text : `${text}\n${small}`}>
              <span class="bar-text">{text}</span>
              {small !== undefined && <small>{small}</small>}
            </span>
            <span class="bar-share">{formatPercent(whole > 0 ? shown / whole : 0)}</span>
            <span class="bar-count" title={formatExact(shown)}>
              {formatCount(shown)}
            </span>
          </li>
        ))}
      </ol>
    </>
  )
}

/** From where visits come to a page, and where they go: a drawing, and a table that says the same. */
import type { BreakdownAnswer } from '../../../answers.ts'
import type { JourneysAnswer } from '../../../visit-answers.ts'
import { formatExact } from '../../format.ts'
import { Notice } from '../../notice.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { apiPath } from '../../state/client.ts'
import { useFetched } from '../../state/use-fetched.ts'
import { texts } from '../../texts.ts'
import type { QuestionProps } from '../questions.tsx'
import { layOut, nodeWidth } from './layout.ts'
import { addStyles } from './styles.ts'
import { journeyTexts } from './texts.ts'

/** Pages to choose from: whoever wants another one comes from the list of pages. */
const mostPages = '200'
/** Characters of a name in the drawing; all of it is in the table. */
const mostShown = 20

/** Where there are few places the window has room for more. */
const mostEnlarged = 1.2

addStyles()

export function Journeys({ site, view, navigate, query }: QuestionProps) {
  const pages = useFetched<BreakdownAnswer>(apiPath(site.site, 'breakdown/page', { ...query, limit: mostPages }))
  const page = view.chosen
  const { data, error, making, retry } = useFetched<JourneysAnswer>(apiPath(site.site, 'journeys', { ...query, page }))
  const names = pages.data?.rows.map(({ value }) => value) ?? []
  const all = page === undefined || names.includes(page) ? names : [page, ...names]
  // The answer of the page before this one stays until this one's is there.
  const answer = data?.page === (page ?? null) ? data : undefined
  return (
    <section class="card journeys">
      <label>
        {journeyTexts.page}
        <select
          value={page ?? ''}
          onChange={(event) => navigate.to({ chosen: event.currentTarget.value || undefined })}
        >
          <option value="" selected={page === undefined}>
            {journeyTexts.entry}
          </option>
          {all.map((name) => (
            <option key={name} value={name} selected={name === page}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {making && <MakingBar making={making} />}
      {!answer && !error && !making && <p class="hint">{texts.loading}…</p>}
      {answer?.visits === 0 && <p class="hint">{journeyTexts.none}</p>}
      {answer && answer.visits > 0 && (
        <>
          <p class="hint">{journeyTexts.visits(formatExact(answer.visits))}</p>
          <Drawing answer={answer} />
          <Moves moves={answer.moves} />
        </>
      )}
    </section>
  )
}

function pageText(page: string): string {
  return page === '' ? journeyTexts.others : page
}

function Drawing({ answer: { page, moves } }: { answer: JourneysAnswer }) {
  const { width, height, nodes, ways } = layOut(moves)
  const label = journeyTexts.drawing(page ?? journeyTexts.entry)
  return (
    // What is wider than the window is moved with the arrow keys, too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls has to be reached
    <section class="journeys-scroll" aria-label={label} tabIndex={0}>
      <svg
        viewBox={`0 -4 ${width} ${height + 8}`}
        style={{ minWidth: `${width}px`, maxWidth: `${width * mostEnlarged}px` }}
        role="img"
        aria-label={label}
      >
        {ways.map(({ from, to, visits, path, width: thickness }) => (
          <path key={`${from.away} ${from.page} ${to.page}`} d={path} stroke-width={thickness}>
            <title>{`${pageText(from.page)} → ${pageText(to.page)}: ${formatExact(visits)}`}</title>
          </path>
        ))}
        {nodes.map(({ away, page: name, visits, x, y, height: tall }) => (
          <g key={`${away} ${name}`}>
            <rect x={x} y={y} width={nodeWidth} height={tall} rx={2} data-others={name === ''}>
              <title>{`${pageText(name)}: ${formatExact(visits)}`}</title>
            </rect>
            <text x={x + nodeWidth + 5} y={y + Math.max(tall / 2, 6) + 4}>
              {shorten(pageText(name))} <tspan>{formatExact(visits)}</tspan>
            </text>
          </g>
        ))}
      </svg>
    </section>
  )
}

/** The end of an address says more than its beginning. */
function shorten(text: string): string {
  return text.length <= mostShown ? text : `…${text.slice(1 - mostShown)}`
}

function Moves({ moves }: { moves: JourneysAnswer['moves'] }) {
  return (
    <details>
      <summary>{journeyTexts.asTable}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{journeyTexts.place}</th>
            <th scope="col">{journeyTexts.from}</th>
            <th scope="col">{journeyTexts.to}</th>
            <th scope="col">{journeyTexts.count}</th>
          </tr>
        </thead>
        <tbody>
          {moves.map(({ away, from, to, visits }) => (
            <tr key={JSON.stringify([away, from, to])}>
              <td>{away < 0 ? journeyTexts.before(formatExact(-away)) : journeyTexts.after(formatExact(away))}</td>
              <td>{from === null ? journeyTexts.began : pageText(from)}</td>
              <td>{to === null ? journeyTexts.ended : pageText(to)}</td>
              <td>{formatExact(visits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

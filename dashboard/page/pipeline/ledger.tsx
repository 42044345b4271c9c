/** What became of the events of the last hour, and whether it adds up. */
import type { LedgerAnswer } from '../../answers.ts'
import { formatCount } from '../format.ts'
import { locale } from '../language.ts'
import { pipelineTexts } from './texts.ts'

const rows = ['accepted', 'aggregated', 'duplicate', 'filtered', 'quarantined', 'archived'] as const
const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })

export function Ledger({ ledger }: { ledger: LedgerAnswer }) {
  const { ledger: words } = pipelineTexts
  const [from, to] = [ledger.from, ledger.to].map((at) => time.format(Date.parse(at)))
  const verdict = ledger.balanced ? (ledger.accepted > 0 ? words.balanced : words.nothing) : words.unbalanced
  return (
    <section class="card ledger" aria-labelledby="ledger-title">
      <h2 id="ledger-title">{words.title(from ?? '', to ?? '')}</h2>
      <dl>
        {rows.map((row) => (
          <div key={row}>
            <dt title={words.about[row]}>{words.rows[row]}</dt>
            <dd>{formatCount(ledger[row])}</dd>
          </div>
        ))}
      </dl>
      <p data-balanced={ledger.balanced}>{verdict}</p>
    </section>
  )
}

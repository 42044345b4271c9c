/** Beside the way of events: what waits to get on it, and what a consumer passed over. Each says what can be done. */
import type { OverflowAnswer, QuarantineAnswer } from '../../answers.ts'
import { formatExact, formatFineDuration } from '../format.ts'
import { pipelineTexts } from './texts.ts'

export type SetAsideProps = {
  /** When this was so, ISO 8601. */
  at: string
  /** Null: not known. */
  overflow: OverflowAnswer | null
  quarantine: QuarantineAnswer | null
}

const { aside } = pipelineTexts

export function SetAside({ at, overflow, quarantine }: SetAsideProps) {
  const oldest = overflow?.oldestAt
  return (
    <ul class="flow-aside">
      <Figure
        name={aside.overflow.name}
        about={aside.overflow.about}
        count={overflow?.batches}
        more={overflow?.more}
        detail={oldest && aside.oldest(formatFineDuration((Date.parse(at) - Date.parse(oldest)) / 1000))}
        help="docs/runbook.md#overflow-is-used"
      />
      <Figure
        name={aside.quarantine.name}
        about={aside.quarantine.about}
        count={quarantine?.records}
        more={quarantine?.more}
        help="npm run quarantine -- list, docs/runbook.md#a-record-is-in-quarantine"
      />
    </ul>
  )
}

type FigureProps = {
  name: string
  about: string
  /** Undefined: not known. */
  count: number | undefined
  more: boolean | undefined
  detail?: string | null | undefined
  /** A command or a place, the same in every language. */
  help: string
}

function Figure({ name, about, count, more, detail, help }: FigureProps) {
  const shown = count === undefined ? '–' : formatExact(count)
  return (
    <li class="flow-figure" data-state={count === undefined ? 'unknown' : count > 0 || more ? 'behind' : 'fine'}>
      <h2>{name}</h2>
      <p>{about}</p>
      <p class="flow-lag">
        <strong>{more ? aside.orMore(shown) : shown}</strong> {count === undefined ? aside.unknown : detail}
      </p>
      {count !== 0 && (
        <small>
          {aside.help} <code>{help}</code>
        </small>
      )}
    </li>
  )
}

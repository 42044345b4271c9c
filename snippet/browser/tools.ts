/**
 * What the second file may replace. Names that end in an underscore are shortened in both files alike (snippet/build.ts).
 */
import type { EventType } from '../../stream/event.ts'
import type { Finding } from './report.ts'

export type Tools = {
  /** In place of a `JSON.stringify` that the page has broken. */
  stringify_: typeof JSON.stringify
  /** The name of the event that reports wait for, as long as nobody can say what may be reported, or write it. */
  gate_: string | false
  /** Changes a finding, or answers that it is not to be reported. */
  edit_?: (type: EventType, finding: Finding) => unknown
  /** Reports what is to be known only when the page is left, or comes back. */
  leave_?: () => void
  /** In place of a `fetch` that the page has broken. */
  post_?: (url: URL, request: RequestInit) => Promise<Response>
}

/**
 * Whether the page was opened for the map of its clicks, and the file that has it (map.ts). That is no visit: nothing is
 * reported, and this file is loaded in place of the second.
 */
export const mapFile = /retrace-map.js/.exec(location.hash) as unknown as string | null

export const tools: Tools = {
  // Our own reference: what the page does to it later is no concern of ours.
  stringify_: JSON.stringify,
  // Parts of exclude, hash, clicks, outbound, spa and respectDnt, and of no other option: of the latter, `sp`.
  // Old libraries replace JSON.stringify by something that honours a toJSON of their own, or does not work at all.
  gate_:
    (mapFile ||
      /ex|ha|cl|ou|sp/.test(Object.keys(options) as unknown as string) ||
      !/native/.test(JSON.stringify as unknown as string)) &&
    'retrace',
}

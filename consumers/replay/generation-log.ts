/**
 * What is known of a generation, from the request to its end: one object in the bucket each. A replay is its only writer
 * while it runs.
 *
 *     requested ──claim──▶ running ──finish──▶ ready ──drop──▶ dropped
 *                           │  ▲ └───fail────▶ failed ─┘
 *                           └──┴────resume───── failed
 */
import type { Objects } from '../runtime/objects.ts'
import type { SourceKind } from './open-source.ts'

export type GenerationRecord = {
  /** It stands in the keys of cells. */
  id: string
  state: 'requested' | 'running' | 'ready' | 'failed' | 'dropped'
  sites: 'all' | readonly string[]
  /** UTC days of arrival that were asked for, both included. */
  from: string
  to: string
  /** The arrival segments that it holds. */
  segments: readonly string[]
  source: SourceKind
  /** Epoch milliseconds, as all times here. */
  requestedAt: number
  startedAt?: number
  finishedAt?: number
  progress?: { events: number; expectedEvents: number | null; at: number }
  /** What the report counts, by its names. */
  counts?: Readonly<Record<string, number | null>>
  /** Key of the report in the bucket. */
  report?: string
  /** Why it failed. */
  error?: string
}

const transitions = {
  claim: { from: ['requested'], to: 'running' },
  /** After a failure, or a crash, which leaves it running. */
  resume: { from: ['running', 'failed'], to: 'running' },
  progress: { from: ['running'], to: 'running' },
  finish: { from: ['running'], to: 'ready' },
  fail: { from: ['requested', 'running'], to: 'failed' },
  drop: { from: ['requested', 'running', 'ready', 'failed', 'dropped'], to: 'dropped' },
} as const satisfies Record<string, { from: readonly GenerationRecord['state'][]; to: GenerationRecord['state'] }>
type Transition = keyof typeof transitions

export type ChangeResult =
  | { outcome: 'changed'; generation: GenerationRecord }
  | { outcome: 'unknown' }
  | { outcome: 'wrong_state'; state: GenerationRecord['state'] }

export type GenerationLog = {
  /** The latest first. */
  list(): Promise<GenerationRecord[]>
  find(id: string): Promise<GenerationRecord | undefined>
  create(record: GenerationRecord): Promise<void>
  change(id: string, transition: Transition, change?: Partial<GenerationRecord>): Promise<ChangeResult>
}

const folder = 'replays/'
const keyOf = (id: string) => `${folder}${id}/generation.json`

export function createGenerationLog(objects: Pick<Objects, 'get' | 'put' | 'list'>): GenerationLog {
  const read = async (key: string) => JSON.parse(Buffer.from(await objects.get(key)).toString()) as GenerationRecord
  const listKeys = async (prefix: string) =>
    (await objects.list(prefix)).filter((key) => key.endsWith('/generation.json'))

  async function find(id: string): Promise<GenerationRecord | undefined> {
    const [key] = await listKeys(keyOf(id))
    return key === undefined ? undefined : read(key)
  }
  const put = (record: GenerationRecord) =>
    objects.put(keyOf(record.id), Buffer.from(JSON.stringify(record)), { contentType: 'application/json' })

  return {
    find,
    create: put,
    async list() {
      const records = await Promise.all((await listKeys(folder)).map(read))
      return records.sort((a, b) => b.requestedAt - a.requestedAt)
    },
    async change(id, transition, change = {}) {
      const seen = await find(id)
      if (!seen) return { outcome: 'unknown' }
      const { from, to } = transitions[transition]
      if (!from.some((state) => state === seen.state)) return { outcome: 'wrong_state', state: seen.state }
      const generation = { ...seen, ...change, state: to }
      await put(generation)
      return { outcome: 'changed', generation }
    },
  }
}

/** Sorts by time; two of one second are told apart. */
export function newGenerationId(now: number, random: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')
  const suffix = Math.floor(random * 36 ** 4)
    .toString(36)
    .padStart(4, '0')
  return `${time}-${suffix}`
}

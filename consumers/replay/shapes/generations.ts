/**
 * A generation: what a replay has made of some arrival segments of some sites, and how far it has come.
 *
 *     requested ──call──▶ requested ──claim──▶ running ──finish──▶ ready
 *     requested, running ──fail──▶ failed
 *     running, failed ──resume──▶ running ──progress──▶ running
 *     requested, running, ready, failed, dropping ──drop──▶ dropping ──dropped──▶ dropped
 *                                                           dropping ──keep──▶ ready
 *
 * Publishing is no state: publications.ts says what counts. `keep` is for a drop that somebody's publishing overtook.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { utcDay } from '../../aggregator/shapes/cell-key.ts'

export const generationStates = ['requested', 'running', 'ready', 'failed', 'dropping', 'dropped'] as const
export type GenerationState = (typeof generationStates)[number]

export const transitions = {
  /** A worker is on its way (call-next.ts). */
  call: { from: ['requested'], to: 'requested' },
  /** A worker takes up what was requested. */
  claim: { from: ['requested'], to: 'running' },
  /** After a failure, or a crash, which leaves it running. */
  resume: { from: ['running', 'failed'], to: 'running' },
  progress: { from: ['running'], to: 'running' },
  finish: { from: ['running'], to: 'ready' },
  fail: { from: ['requested', 'running'], to: 'failed' },
  drop: { from: ['requested', 'running', 'ready', 'failed', 'dropping'], to: 'dropping' },
  keep: { from: ['dropping'], to: 'ready' },
  dropped: { from: ['dropping'], to: 'dropped' },
} as const satisfies Record<string, { from: readonly GenerationState[]; to: GenerationState }>
export type Transition = keyof typeof transitions

export const replaySources = ['auto', 'stream', 'archive'] as const
export type ReplaySourceKind = (typeof replaySources)[number]

export type GenerationRecord = {
  /** It stands in the keys of cells. */
  id: string
  /** Counts the writes. */
  revision: number
  state: GenerationState
  sites: 'all' | readonly string[]
  /** UTC days of arrival that were asked for, both included. */
  from: string
  to: string
  /** The arrival segments that it holds; none before it runs. */
  segments: readonly string[]
  source: ReplaySourceKind
  /** Version of the rules; undefined: those that each segment had. */
  rules?: string
  /** Epoch milliseconds, as all times here. */
  requestedAt: number
  startedAt?: number
  finishedAt?: number | undefined
  /** Tasks that were started for it, where nobody waits (AWS), and when the last was. */
  calls?: { count: number; at: number }
  progress?: { events: number; expectedEvents: number | null; at: number }
  /** What the report counts, by its names: events, and cells that were compared and that changed. */
  counts?: Readonly<Record<string, number | null>>
  /** Key of the report in the bucket. */
  report?: string
  /** Why it failed. */
  error?: string | undefined
}

/** What a transition may change besides the state. */
export type GenerationChange = Partial<Omit<GenerationRecord, 'id' | 'revision' | 'state'>>

const idPattern = /^[a-z0-9][a-z0-9-]{0,39}$/

export function isGenerationId(text: string): boolean {
  return idPattern.test(text) && text !== 'live'
}

/** @param random 0 to 1, so that two that begin in one second are told apart */
export function newGenerationId(now: number, random: number): string {
  const time = new Date(now).toISOString().slice('YYYY-MM-DDT'.length, 'YYYY-MM-DDTHH:MM:SS'.length).replaceAll(':', '')
  const suffix = Math.floor(random * 36 ** 4)
    .toString(36)
    .padStart(4, '0')
  return `${utcDay(now)}-${time}-${suffix}`
}

export const generationKind = 'generation'

export function generationKey(id: string): Record<'kind' | 'name', AttributeValue> {
  return { kind: { S: generationKind }, name: { S: id } }
}

export function generationToItem(record: GenerationRecord): Record<string, AttributeValue> {
  return {
    ...generationKey(record.id),
    revision: { N: String(record.revision) },
    record: { S: JSON.stringify(record) },
  }
}

/** @throws when it is no generation: a fault */
export function generationFromItem(item: Record<string, AttributeValue>): GenerationRecord {
  const record = JSON.parse(item.record?.S ?? 'null') as GenerationRecord | null
  if (!record || record.id !== item.name?.S || !generationStates.includes(record.state))
    throw new Error(`no generation: ${item.name?.S}`)
  return record
}

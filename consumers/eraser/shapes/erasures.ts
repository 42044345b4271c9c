/**
 * An erasure that was asked for, and how far it has come (table `control`, kind `erasure`).
 *
 *     waiting ──▶ archive ──▶ figures ──▶ objects ──▶ done
 *                    ▲                                 │ of a site: what came behind it, looked for a day later
 *                    └─────────────────────────────────┘
 *
 * Waiting is for consumers: what arrived before it was asked for has to lie where it is erased. Each step may be done
 * again after a crash, and finds nothing then that is done already.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'

export const erasureSteps = ['waiting', 'archive', 'figures', 'objects', 'done'] as const
export type ErasureStep = (typeof erasureSteps)[number]

/** A site with all it has; one visitor's events at it, by a name of that visitor; those of one page load. */
export const erasureKinds = ['site', 'visitor', 'load'] as const
export type ErasureKind = (typeof erasureKinds)[number]

export type ErasureRecord = {
  id: string
  /** Counts the writes. */
  revision: number
  site: string
  kind: ErasureKind
  /** 16 hex digits; absent for a site. */
  value?: string
  step: ErasureStep
  /** What arrived before is erased. Epoch milliseconds, as all times here. */
  requestedAt: number
  /** Who asked for it, as sessions are called. */
  requestedBy: string
  /** Of step `archive`: the last day of arrival that is through. */
  through?: string | undefined
  /** Of step `archive`: what was archived before was looked at already. */
  since?: number | undefined
  /** Rows of the archive that were erased, by UTC day of arrival. */
  rows: Readonly<Record<string, number>>
  /** When all was erased for the first time, and when it was last looked again. */
  finishedAt?: number
  lookedAt?: number
  /** What kept the last try from going on; the next comes by itself. */
  problem?: string | undefined
}

export type ErasureChange = Partial<Omit<ErasureRecord, 'id' | 'revision' | 'site' | 'kind' | 'value'>>

export const erasureKind = 'erasure'

export function erasureKey(id: string): Record<'kind' | 'name', AttributeValue> {
  return { kind: { S: erasureKind }, name: { S: id } }
}

export function erasureToItem(record: ErasureRecord): Record<string, AttributeValue> {
  return { ...erasureKey(record.id), record: { S: JSON.stringify(record) } }
}

/** @throws when it is no erasure: a fault */
export function erasureFromItem(item: Record<string, AttributeValue>): ErasureRecord {
  const record = JSON.parse(item.record?.S ?? 'null') as ErasureRecord | null
  if (!record || record.id !== item.name?.S || !erasureSteps.includes(record.step))
    throw new Error(`no erasure: ${item.name?.S}`)
  return record
}

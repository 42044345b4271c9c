/** What the tables say that a replay goes by: generations, cuts, and what has arrived. */
import { createCutStore } from '../../consumers/aggregator/cuts.ts'
import { type Cut, type Segment, type SegmentOf, segmentsOf } from '../../consumers/aggregator/shapes/segments.ts'
import { readAccepted } from '../../consumers/replay/accepted.ts'
import { createGenerationStore, type GenerationStore } from '../../consumers/replay/shapes/generation-store.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import type { Plan } from './plan.ts'

export async function segmentsKnown({ clients, table }: ConsumerEnvironment): Promise<SegmentOf> {
  return segmentsOf(await cutsOf({ clients, table }))
}

export function generationsOf({ clients, table }: ConsumerEnvironment): GenerationStore {
  return createGenerationStore(clients.dynamo, table('control'))
}

export async function cutsOf({
  clients,
  table,
}: Pick<ConsumerEnvironment, 'clients' | 'table'>): Promise<readonly Cut[]> {
  return (await createCutStore(clients.dynamo, table('control')).load()).cuts
}

export function acceptedIn({ clients, table }: ConsumerEnvironment, segments: readonly Segment[], now: number) {
  return readAccepted(clients.dynamo, table('ledger'), segments, now)
}

/** The segments that are rebuilt, without those that warm up. */
export function askedFor({ segments, timeline }: Plan): Segment[] {
  const names = new Set(segments)
  return timeline.filter(({ name }) => names.has(name))
}

/** What the tables say that a replay goes by: generations, cuts, sites, and what has arrived. */
import { paginateScan } from '@aws-sdk/client-dynamodb'
import { createCutStore } from '../aggregator/cuts.ts'
import { type Cut, type Segment, type SegmentOf, segmentsOf } from '../aggregator/shapes/segments.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { readAccepted } from './accepted.ts'
import { createGenerationStore, type GenerationStore } from './shapes/generation-store.ts'

type Tables = Pick<ConsumerEnvironment, 'clients' | 'table'>
type DynamoTables = Pick<Tables, 'table'> & { clients: Pick<Tables['clients'], 'dynamo'> }

export async function segmentsKnown(tables: Tables): Promise<SegmentOf> {
  return segmentsOf(await cutsOf(tables))
}

export function generationsOf({ clients, table }: Tables): GenerationStore {
  return createGenerationStore(clients.dynamo, table('control'))
}

export async function cutsOf({ clients, table }: Tables): Promise<readonly Cut[]> {
  return (await createCutStore(clients.dynamo, table('control')).load()).cuts
}

export function acceptedIn({ clients, table }: Tables, segments: readonly Segment[], now: number) {
  return readAccepted(clients.dynamo, table('ledger'), segments, now)
}

/** Those whose data are erased: nothing brings them back. */
export async function closedSites({ clients, table }: DynamoTables): Promise<string[]> {
  const closed: string[] = []
  const query = {
    TableName: table('sites'),
    ProjectionExpression: 'site',
    FilterExpression: 'attribute_exists(closedAt)',
  }
  for await (const { Items = [] } of paginateScan({ client: clients.dynamo }, query))
    closed.push(...Items.map(({ site }) => site?.S ?? ''))
  return closed
}

export async function listSites({ clients, table }: Tables): Promise<string[]> {
  const sites: string[] = []
  const pages = paginateScan({ client: clients.dynamo }, { TableName: table('sites'), ProjectionExpression: 'site' })
  for await (const { Items = [] } of pages) sites.push(...Items.map(({ site }) => site?.S ?? ''))
  return sites
}

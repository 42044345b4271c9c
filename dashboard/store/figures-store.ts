/** What figures of sites are read with, and nothing else: all that a report needs. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createGenerationStore, type GenerationStore } from '../../consumers/replay/shapes/generation-store.ts'
import type { tables } from '../../stream/tables.ts'
import { type CellStore, createCellStore } from './cells.ts'
import { type ChannelStore, createChannelStore } from './channels.ts'
import { createIncidentStore, type IncidentStore } from './incidents.ts'
import { createListings, type Listings } from './listings.ts'
import { createMerges, type Merges } from './merges.ts'
import { type Revisions, readRevisions } from './revisions.ts'
import { createSharedReads } from './shared-reads.ts'
import { createSiteStore, type SiteStore } from './sites.ts'
import { createViewStore, type ViewStore } from './views.ts'

export type FiguresStore = {
  cells: CellStore
  listings: Listings
  merges: Merges
  sites: SiteStore
  incidents: IncidentStore
  generations: GenerationStore
  views: ViewStore
  channels: ChannelStore
}

/** @param place.now the clock that says which days are over */
export function createFiguresStore({
  dynamo: client,
  tablePrefix,
  now,
}: {
  dynamo: DynamoDBClient
  tablePrefix: string
  now: () => number
}): FiguresStore {
  const name = (table: keyof typeof tables) => `${tablePrefix}${table}`
  const sites = createSiteStore(client, name('sites'))
  const generations = createGenerationStore(client, name('control'))
  const cells = createCellStore(client, name('cells'), async () => (await sites.list()).map(({ site }) => site))
  const sharedRevisions = createSharedReads<Revisions>()
  const revisionsOf = (site: string, months: readonly string[]) =>
    sharedRevisions(`${site} ${months}`, () => readRevisions(client, name('revisions'), site, months))
  return {
    generations,
    views: createViewStore(generations),
    cells,
    listings: createListings(cells, revisionsOf, now),
    merges: createMerges(),
    sites,
    incidents: createIncidentStore(client, name('incidents')),
    channels: createChannelStore(client, name('control'), name('incidents')),
  }
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { createExclusionStore, type ExclusionStore } from '../../consumers/aggregator/shapes/exclusions.ts'
import { createSiteArchive, type SiteArchive } from '../../consumers/archiver/shapes/site-archive.ts'
import { createErasureStore, type ErasureStore } from '../../consumers/eraser/shapes/erasure-store.ts'
import { createNoteStore, type NoteStore } from '../../consumers/eraser/shapes/notes.ts'
import {
  createSavedStore,
  type SavedFunnel,
  type SavedGoal,
  type SavedSegment,
  type SavedStore,
} from '../../consumers/eraser/shapes/saved.ts'
import type { Lag } from '../../consumers/runtime/shapes/lag.ts'
import type { LedgerEntry } from '../../consumers/runtime/shapes/ledger.ts'
import { readLags } from '../../consumers/runtime/shapes/read-lags.ts'
import { readLedgerEntries } from '../../consumers/runtime/shapes/read-ledger.ts'
import type { tables } from '../../stream/tables.ts'
import { createFactStore, type FactStore, type FactsPlace } from './facts.ts'
import { createFiguresStore, type FiguresStore } from './figures-store.ts'
import { createInvitationStore, type InvitationStore } from './invitations.ts'
import { createLinkStore, type LinkStore } from './links.ts'
import { createMemberStore, type MemberStore } from './members.ts'
import { createReportStore, type ReportStore } from './reports.ts'
import { createResetStore, type ResetStore } from './resets.ts'
import { createSetAsideStore, type SetAsideStore } from './set-aside.ts'
import { createTokenStore, type TokenStore } from './tokens.ts'

export type Store = FiguresStore & {
  /** What every consumer reports of every shard. */
  lags: () => Promise<Lag[]>
  /** What a consumer made of each arrival minute. */
  ledger: (consumer: string, range: { from: number; to: number }) => Promise<LedgerEntry[]>
  setAside: SetAsideStore
  erasures: ErasureStore
  notes: NoteStore
  segments: SavedStore<SavedSegment>
  goals: SavedStore<SavedGoal>
  funnels: SavedStore<SavedFunnel>
  exclusions: ExclusionStore
  reports: ReportStore
  archive: SiteArchive
  members: MemberStore
  invitations: InvitationStore
  resets: ResetStore
  tokens: TokenStore
  links: LinkStore
  /** Undefined where no place is given for them. */
  facts: FactStore | undefined
}

export function createS3Client(): S3Client {
  return new S3Client({
    maxAttempts: 3,
    // Path style is what AWS-compatible servers without wildcard host names need; S3 itself takes both.
    forcePathStyle: true,
    requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true }),
  })
}

export function createKinesisClient(): KinesisClient {
  return new KinesisClient({
    maxAttempts: 3,
    // HTTP/1.1, which every compatible server speaks; the client's own default is HTTP/2.
    requestHandler: new NodeHttpHandler({ connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true }),
  })
}

export type StorePlace = {
  dynamo: DynamoDBClient
  tablePrefix: string
  s3: S3Client
  bucket: string
  /** The clock that says which days are over. */
  now: () => number
  facts?: FactsPlace
}

export function createStore(place: StorePlace): Store {
  const { dynamo: client, tablePrefix, s3, bucket } = place
  const name = (table: keyof typeof tables) => `${tablePrefix}${table}`
  return {
    ...createFiguresStore(place),
    erasures: createErasureStore(client, name('control')),
    notes: createNoteStore(client, name('control')),
    segments: createSavedStore(client, name('control'), 'segment'),
    goals: createSavedStore(client, name('control'), 'goal'),
    funnels: createSavedStore(client, name('control'), 'funnel'),
    exclusions: createExclusionStore({ dynamo: client, tablePrefix, s3, bucket }),
    reports: createReportStore(s3, bucket),
    archive: createSiteArchive({ dynamo: client, tablePrefix, s3, bucket }),
    lags: () => readLags(client, name('lag')),
    ledger: (consumer, range) => readLedgerEntries(client, name('ledger'), consumer, range),
    setAside: createSetAsideStore(s3, bucket),
    members: createMemberStore(client, name('access')),
    invitations: createInvitationStore(client, name('access')),
    resets: createResetStore(client, name('access')),
    tokens: createTokenStore(client, name('access')),
    links: createLinkStore(client, name('access')),
    facts: place.facts && createFactStore(place, place.facts),
  }
}

/**
 * The DynamoDB tables: names and keys, for whoever reads, writes, deploys or creates them. What an item holds is
 * written down where it is made (the file named beside each).
 */
export type TableShape = {
  /** Attribute names; all keys are texts. */
  partitionKey: string
  sortKey?: string
  /** Attribute with the epoch second after which DynamoDB may delete the item. */
  expiresAt?: string
}

export const tables = {
  /** Websites: stream/site.ts. */
  sites: { partitionKey: 'site' },
  /** Salts of the visitor hash, for a day each, or some weeks of a site: ingest/visitor.ts. */
  salts: { partitionKey: 'day', expiresAt: 'expiresAt' },
  /** How far each log import has come: ingest/import-ledger.ts. */
  imports: { partitionKey: 'site', sortKey: 'source', expiresAt: 'expiresAt' },
  /** How far each consumer has come in each shard: consumers/runtime/checkpoints.ts. */
  checkpoints: { partitionKey: 'consumer', sortKey: 'shard' },
  /** How far each consumer is behind in each shard: consumers/runtime/shapes/lag.ts. */
  lag: { partitionKey: 'consumer', sortKey: 'shard', expiresAt: 'expiresAt' },
  /** Which objects of the archive count: consumers/archiver/manifest.ts. */
  archive: { partitionKey: 'day', sortKey: 'part' },
  /** Aggregates: consumers/aggregator/shapes/cell-key.ts. */
  cells: { partitionKey: 'series', sortKey: 'cell', expiresAt: 'expiresAt' },
  /** Which days of a site may have changed: consumers/aggregator/shapes/day-revisions.ts. */
  revisions: { partitionKey: 'site', sortKey: 'month' },
  /**
   * What counts: consumers/aggregator/cuts.ts (where segments end), consumers/replay/shapes/ (which generation). What was asked
   * for, and written at charts: consumers/eraser/shapes/. Who is told of incidents: consumers/anomaly-detector/shapes/channel.ts.
   */
  control: { partitionKey: 'kind', sortKey: 'name' },
  /** Who may look at what: dashboard/store/members.ts, invitations.ts, tokens.ts, links.ts. */
  access: { partitionKey: 'kind', sortKey: 'name', expiresAt: 'expiresAt' },
  /** What consumers made of each arrival minute: consumers/runtime/shapes/ledger.ts. */
  ledger: { partitionKey: 'account', sortKey: 'entry', expiresAt: 'expiresAt' },
  /** What sites did a minute, for the anomaly detector: consumers/anomaly-detector/minutes.ts, judge/. */
  minutes: { partitionKey: 'site', sortKey: 'minute', expiresAt: 'expiresAt' },
  /**
   * What the anomaly detector wrote before there were incidents. Nobody reads or writes it; it is there so that the version
   * before can be deployed again (docs/deploy.md), which could not create it beside one that was kept.
   */
  alerts: { partitionKey: 'site', sortKey: 'alert' },
  /** Incidents of sites, for good, and deliveries of them, for a month: consumers/anomaly-detector/shapes/. */
  incidents: { partitionKey: 'site', sortKey: 'incident', expiresAt: 'expiresAt' },
} as const satisfies Record<string, TableShape>

/** Under which the pipeline is watched like a site (table `minutes`). No site can be called so (sitePattern in site.ts). */
export const pipelineSite = '_pipeline'

export type TableName = keyof typeof tables

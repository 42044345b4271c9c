/**
 * The table `ledger`: what a consumer made of the events of one shard that arrived in one minute. Each entry is written
 * by one consumer alone, exactly once as cells are (exactly-once.ts); that they balance says that nothing was lost
 * (docs/decisions/0010-the-ledger.md).
 *
 *     account (partition)  CONSUMER#DAY       aggregator#2026-11-23
 *     entry   (sort)       MINUTE#SHARD       2026-11-23T06:14#shardId-000000000000
 *
 * An item holds besides its key one number for each count that is not 0, and
 *
 *     sequence   S  the last sequence number counted in it: a write is a compare-and-swap on it
 *     expiresAt  N  epoch seconds
 *
 * The arrival minute of an event is the UTC minute of its delivery's `received`, the time that also chooses arrival
 * segments of cells and folders of the archive. Of a record that cannot be decoded it is the header's `createdAt`, and
 * if there is no readable header, the time when Kinesis had it.
 */
export const ledgerCounts = [
  /** Events that the records held, by their headers: the other counts have to add up to this. */
  'accepted',
  /** By the aggregator: in the cells. */
  'aggregated',
  /** By the aggregator: events seen before, one by one or with a second copy of their batch. */
  'duplicate',
  /** By the aggregator: bots, and what else rules keep out of the figures. */
  'filtered',
  /** By the archiver: rows of the archive. */
  'archived',
  /** Set aside in `quarantine/`. */
  'quarantined',
  /** Records without a readable header: how many events they held nobody knows, so each counts as one above. */
  'unreadable',
] as const
export type LedgerCount = (typeof ledgerCounts)[number]
export type LedgerCounts = Record<LedgerCount, number>

export type LedgerKey = {
  consumer: string
  shardId: string
  /** Start of the arrival minute, epoch milliseconds. */
  minute: number
}

/** A minute of a shard as one consumer counted it, up to `sequence`. */
export type LedgerEntry = LedgerKey & { sequence: string; counts: LedgerCounts }

/**
 * A month and some days: the account of a month can still be looked at when it is over, and of everything that the
 * stream holds (7 days as deployed) for as long as it can be replayed. Some 20 MB a shard.
 */
export const ledgerRetentionMs = 35 * 86_400_000

const minuteMs = 60_000

export function noCounts(): LedgerCounts {
  return { accepted: 0, aggregated: 0, duplicate: 0, filtered: 0, archived: 0, quarantined: 0, unreadable: 0 }
}

export function addCounts(into: LedgerCounts, from: LedgerCounts): void {
  for (const count of ledgerCounts) into[count] += from[count]
}

export function arrivalMinute(received: number): number {
  return Math.floor(received / minuteMs) * minuteMs
}

/** @param at any time in the UTC day */
export function ledgerAccount(consumer: string, at: number): string {
  return `${consumer}#${new Date(at).toISOString().slice(0, 'YYYY-MM-DD'.length)}`
}

/** The minute part of a sort key: entries from one time on are those not below it. */
export function minuteText(minute: number): string {
  return new Date(minute).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length)
}

export function ledgerEntryText({ minute, shardId }: LedgerKey): string {
  return `${minuteText(minute)}#${shardId}`
}

type Item = Record<string, { S?: string | undefined; N?: string | undefined }>

export function countsToItem(counts: LedgerCounts): Record<string, { N: string }> {
  const used = ledgerCounts.filter((count) => counts[count] !== 0)
  return Object.fromEntries(used.map((count) => [count, { N: String(counts[count]) }]))
}

export function countsFromItem(item: Item): LedgerCounts {
  const counts = noCounts()
  for (const count of ledgerCounts) counts[count] = Number(item[count]?.N ?? 0)
  return counts
}

/** @throws when the item was not written under a key of ours: a fault */
export function parseLedgerItem(item: Item): LedgerEntry {
  const [consumer] = item.account?.S?.split('#') ?? []
  const [minute, shardId] = item.entry?.S?.split('#') ?? []
  const sequence = item.sequence?.S
  if (!consumer || !minute || !shardId || !sequence)
    throw new Error(`no ledger entry: ${item.account?.S} ${item.entry?.S}`)
  return { consumer, shardId, minute: Date.parse(`${minute}Z`), sequence, counts: countsFromItem(item) }
}

/** The erasures that were asked for: each item is replaced by compare-and-swap on its revision. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { replaceRevision } from '../../runtime/revisions.ts'
import { type ErasureChange, type ErasureRecord, erasureFromItem, erasureKind, erasureToItem } from './erasures.ts'

export type ErasureStore = {
  /** The latest first. */
  list(): Promise<ErasureRecord[]>
  /** @returns false when there is one of this id: nothing is changed then */
  create(record: ErasureRecord): Promise<boolean>
  /**
   * Replaces the record as it was seen.
   *
   * @returns undefined when somebody else replaced it first
   */
  change(seen: ErasureRecord, change: ErasureChange): Promise<ErasureRecord | undefined>
}

export function createErasureStore(client: DynamoDBClient, table: string): ErasureStore {
  const put = (record: ErasureRecord) => replaceRevision(client, table, erasureToItem(record), record.revision)
  return {
    async list() {
      const query = {
        TableName: table,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: erasureKind } },
        ConsistentRead: true,
      }
      const records: ErasureRecord[] = []
      for await (const { Items = [] } of paginateQuery({ client }, query)) records.push(...Items.map(erasureFromItem))
      return records.sort((a, b) => b.requestedAt - a.requestedAt)
    },
    create: (record) => put({ ...record, revision: 1 }),
    async change(seen, change) {
      const next = { ...seen, ...change, revision: seen.revision + 1 }
      return (await put(next)) ? next : undefined
    },
  }
}

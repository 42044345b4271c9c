/**
 * Items that are replaced whole, by compare-and-swap on a number that counts their writes (attribute `revision`). Losing
 * a race is an outcome, and means to look again; only faults throw.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'

const isFirst = 'attribute_not_exists(revision)'
const replacesPredecessor = 'revision = :predecessor'

/**
 * Stores an item in place of its predecessor.
 *
 * @param revision of this item, 1 for the first; stored with it
 * @returns false when somebody else replaced the predecessor first
 */
export async function replaceRevision(
  client: DynamoDBClient,
  table: string,
  item: Record<string, AttributeValue>,
  revision: number,
): Promise<boolean> {
  const condition =
    revision === 1
      ? { ConditionExpression: isFirst }
      : {
          ConditionExpression: replacesPredecessor,
          ExpressionAttributeValues: { ':predecessor': { N: String(revision - 1) } },
        }
  const Item = { ...item, revision: { N: String(revision) } }
  try {
    await client.send(new PutItemCommand({ TableName: table, Item, ...condition }))
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

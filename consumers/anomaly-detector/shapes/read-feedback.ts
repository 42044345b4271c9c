/** All that people have said of a site's incidents. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb'
import { type Feedback, feedbackFromItem, feedbackKeys } from './feedback.ts'

export async function readFeedback(client: DynamoDBClient, table: string, site: string): Promise<Feedback[]> {
  const feedback: Feedback[] = []
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'site = :site AND incident BETWEEN :first AND :last',
      ExpressionAttributeValues: {
        ':site': { S: site },
        ':first': { S: feedbackKeys.first },
        ':last': { S: feedbackKeys.last },
      },
      ConsistentRead: true,
    },
  )
  for await (const { Items = [] } of pages) feedback.push(...Items.map(feedbackFromItem))
  return feedback
}

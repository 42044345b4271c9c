/** Deletes the cells of a generation. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { deleteCellsOf } from '../../aggregator/shapes/delete-cells.ts'
import type { GenerationRecord } from './generations.ts'

/**
 * Looks at every key of the sites' series: a visit counts where it began, which may be long before the segment in which
 * something was learnt of it.
 *
 * @param allSites every site that ever had cells
 * @returns how many items there were
 */
export async function deleteCells(
  client: DynamoDBClient,
  table: string,
  { id, sites }: Pick<GenerationRecord, 'id' | 'sites'>,
  allSites: () => Promise<readonly string[]>,
): Promise<number> {
  let deleted = 0
  for (const site of sites === 'all' ? await allSites() : sites)
    deleted += await deleteCellsOf(client, table, site, ({ generation }) => generation === id)
  return deleted
}

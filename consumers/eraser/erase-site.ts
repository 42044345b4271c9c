/** Erases what tables hold of a site, and what reports of replays say of it. */
import { type AttributeValue, DeleteItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import { NoSuchKey } from '@aws-sdk/client-s3'
import { type TableName, tables } from '../../stream/tables.ts'
import { deleteCellsOf } from '../aggregator/shapes/delete-cells.ts'
import { rulesKey } from '../anomaly-detector/shapes/alert-rules.ts'
import { channelKey, readChannels } from '../anomaly-detector/shapes/channel.ts'
import { snapshotFolder } from '../anomaly-detector/shapes/snapshot-folder.ts'
import { generationsOf } from '../replay/known.ts'
import type { ReplayReport } from '../replay/shapes/report.ts'
import { inParallel } from '../runtime/exactly-once.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { createNoteStore } from './shapes/notes.ts'
import { eraseSaved } from './shapes/saved.ts'

/** Tables in which a site is a partition. */
const ofSites = ['minutes', 'incidents', 'alerts', 'imports', 'revisions'] as const satisfies readonly TableName[]

type Stores = Pick<ConsumerEnvironment, 'clients' | 'table' | 'objects'>

/** Cells of all generations, then revisions of their days, minutes and what was made of them, who is told of them and by which rules, incidents, places of imports, notes, segments, goals, funnels, and its part of reports. May be repeated. */
export async function eraseSite(stores: Stores, site: string): Promise<void> {
  await deleteCellsOf(stores.clients.dynamo, stores.table('cells'), site, () => true)
  // Nobody is told of what is about to go.
  for (const { id } of await readChannels(stores.clients.dynamo, stores.table('control'), site))
    await stores.clients.dynamo.send(
      new DeleteItemCommand({ TableName: stores.table('control'), Key: channelKey(site, id) }),
    )
  await stores.clients.dynamo.send(new DeleteItemCommand({ TableName: stores.table('control'), Key: rulesKey(site) }))
  for (const name of ofSites) await deletePartition(stores, name, site)
  await createNoteStore(stores.clients.dynamo, stores.table('control')).eraseSite(site)
  await eraseSaved(stores.clients.dynamo, stores.table('control'), site)
  for (const key of await stores.objects.list(snapshotFolder(site))) await stores.objects.delete(key)
  await eraseFromReports(stores, site)
}

async function deletePartition(
  { clients, table }: Stores,
  name: (typeof ofSites)[number],
  site: string,
): Promise<void> {
  const { partitionKey, sortKey } = tables[name]
  const pages = paginateQuery(
    { client: clients.dynamo },
    {
      TableName: table(name),
      KeyConditionExpression: '#partition = :site',
      ProjectionExpression: '#partition, #sort',
      ExpressionAttributeNames: { '#partition': partitionKey, '#sort': sortKey },
      ExpressionAttributeValues: { ':site': { S: site } },
      ConsistentRead: true,
    },
  )
  for await (const { Items = [] } of pages)
    await inParallel(Items, async (item) => {
      const Key = { [partitionKey]: { S: site }, [sortKey]: item[sortKey] as AttributeValue }
      await clients.dynamo.send(new DeleteItemCommand({ TableName: table(name), Key }))
    })
}

/** A report names pages and sources of each site that a replay changed. */
async function eraseFromReports(stores: Stores, site: string): Promise<void> {
  for (const { report: key } of await generationsOf(stores).list()) {
    const report = key === undefined ? undefined : await findReport(stores, key)
    if (key === undefined || !report?.sites.some((each) => each.site === site)) continue
    const left: ReplayReport = { ...report, sites: report.sites.filter((each) => each.site !== site) }
    await stores.objects.put(key, Buffer.from(JSON.stringify(left)), { contentType: 'application/json' })
  }
}

async function findReport({ objects }: Stores, key: string): Promise<ReplayReport | undefined> {
  try {
    return JSON.parse(Buffer.from(await objects.get(key)).toString()) as ReplayReport
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined
    throw error
  }
}

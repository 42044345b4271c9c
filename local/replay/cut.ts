/** Divides the running day, so that what has arrived until then can be replayed while live consumption goes on behind it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { paginateQuery } from '@aws-sdk/client-dynamodb'
import { consumerName as aggregator } from '../../consumers/aggregator/aggregator.ts'
import { createCutStore, minCutAheadMs } from '../../consumers/aggregator/cuts.ts'
import { consumerName as archiver } from '../../consumers/archiver/archiver.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { type Lag, lagFromItem } from '../../consumers/runtime/shapes/lag.ts'
import { createShardReader } from '../../consumers/runtime/shard-reader.ts'
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'

type Environment = Pick<ConsumerEnvironment, 'checkpoints' | 'clients' | 'settings' | 'table'>

/** Clocks of the store and of this process differ, and the request takes its time. */
const aheadMs = minCutAheadMs + 1000
/** From when the endpoint received an event until it is written: the stream, a batch window, the values of cells. */
const settleMs = 3000
/** The longest that there can be between two saves (stream/settings.ts), and some more: whoever is further behind has a problem of its own. */
const patienceMs = 1_020_000
const pollMs = 500

/** @returns the time of a cut that has just been made, when aggregator and archiver have written all before it */
export async function cutHere(
  environment: Environment,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { clients, table } = environment
  const at = Math.ceil((Date.now() + aheadMs) / 1000) * 1000
  const result = await createCutStore(clients.dynamo, table('control')).make({ at }, Date.now())
  if (result.outcome === 'too_many') throw new Error('there are too many cuts: replay whole days')
  if (result.outcome === 'too_soon') throw new Error('the cut could not be made in time: try again')
  say(`What arrives before ${new Date(at).toISOString()} is replayed; waiting until it is there.`)
  const owed = new Map<string, SequenceNumber | undefined>()
  while (!(await havePassed(environment, at + settleMs, owed))) {
    if (Date.now() > at + patienceMs)
      throw new Error(
        `${aggregator} or ${archiver} is behind by more than ${patienceMs / 60_000} minutes: try again later`,
      )
    await sleep(pollMs, undefined, { signal })
  }
  return at
}

/**
 * Whether both consumers have saved what came into any open shard before a time: by then all cells are written.
 *
 * @param owed by consumer and shard, once it has handled so much: the record whose save is waited for
 */
async function havePassed(
  environment: Environment,
  time: number,
  owed: Map<string, SequenceNumber | undefined>,
): Promise<boolean> {
  if (Date.now() < time) return false
  const shards = await createShardReader(environment.clients.kinesis, environment.settings.RETRACE_STREAM).listShards()
  for (const consumer of [aggregator, archiver]) {
    const reports = await readLag(environment, consumer)
    for (const { shardId, closed } of shards) {
      if (closed) continue
      const place = `${consumer} ${shardId}`
      const lag = reports.find((report) => report.shardId === shardId)
      if (!owed.has(place)) {
        if (!lag || lag.reportedAt - lag.behindMs < time) return false
        owed.set(place, lag.position)
      }
      const position = owed.get(place)
      const saved = (await environment.checkpoints.find(consumer, shardId))?.sequence
      if (position !== undefined && isAfter(position, saved)) return false
    }
  }
  return true
}

async function readLag({ clients, table }: Environment, consumer: string): Promise<Lag[]> {
  const reports: Lag[] = []
  const query = {
    TableName: table('lag'),
    KeyConditionExpression: 'consumer = :consumer',
    ExpressionAttributeValues: { ':consumer': { S: consumer } },
  }
  for await (const { Items = [] } of paginateQuery({ client: clients.dynamo }, query))
    reports.push(...Items.map(lagFromItem))
  return reports
}

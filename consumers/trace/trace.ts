/** Follows one event through everything that keeps something of it. */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  InvalidArgumentException,
  type KinesisClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis'
import { overflowFolder } from '../../stream/overflow-key.ts'
import { readRecordHeader } from '../../stream/record.ts'
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import { consumerName as aggregator } from '../aggregator/aggregator.ts'
import { createCellStore } from '../aggregator/cell-store.ts'
import { consumerName as archiver } from '../archiver/archiver.ts'
import type { ArrivalRange } from '../archiver/read-archive.ts'
import { readPositions } from '../runtime/positions.ts'
import { quarantineFolder } from '../runtime/shapes/quarantine-key.ts'
import type { ArchivedEvent, TraceStores } from './archived-rows.ts'
import {
  type EventName,
  findInArchive,
  findInObjects,
  findInStream,
  type ObjectCopy,
  type StreamCopy,
} from './find-copies.ts'
import { type ChangedCell, type Fate, refold } from './refold.ts'

/** Whether the cell in the table has come as far as the event. */
export type TracedCell = ChangedCell & { holdsIt: boolean }

export type ArchivedCopy = Omit<ArchivedEvent, 'createdAt'> & {
  /** When its batch was begun; undefined: the stream no longer holds the record. */
  createdAt: number | undefined
  /** Whether the aggregator has noted that it is behind this record. */
  passed: boolean
  fate: Fate<TracedCell>
}

export type Trace = {
  name: EventName
  range: ArrivalRange
  archived: ArchivedCopy[]
  inStream: StreamCopy[]
  inOverflow: ObjectCopy[]
  inQuarantine: ObjectCopy[]
}

export async function trace(environment: TraceStores, name: EventName, range: ArrivalRange): Promise<Trace> {
  // Overflow, stream, archive: the way that an event goes, so that none is missed while it moves on.
  const inOverflow = await findInObjects(environment, name, overflowFolder)
  const positions = {
    aggregator: await readPositions(environment, aggregator),
    archiver: await readPositions(environment, archiver),
  }
  const inStream = await findInStream(environment, name, positions.archiver)
  const archived: ArchivedCopy[] = []
  for (const copy of await findInArchive(environment, name, range)) {
    const fate = await refold(environment, copy)
    archived.push({
      ...copy,
      createdAt: await createdAtOf(environment.clients.kinesis, environment.settings.RETRACE_STREAM, copy),
      passed: !isAfter(copy.sequence, positions.aggregator.get(copy.shardId)),
      fate: fate.outcome === 'aggregated' ? { ...fate, cells: await lookAtCells(environment, copy, fate.cells) } : fate,
    })
  }
  const inQuarantine = await findInObjects(environment, name, quarantineFolder)
  const isArchived = ({ shardId, sequence }: StreamCopy) =>
    archived.some((copy) => copy.shardId === shardId && copy.sequence === sequence)
  return { name, range, archived, inStream: inStream.filter((copy) => !isArchived(copy)), inOverflow, inQuarantine }
}

async function lookAtCells(
  { clients, table }: TraceStores,
  { sequence }: ArchivedEvent,
  cells: readonly ChangedCell[],
): Promise<TracedCell[]> {
  const store = createCellStore(clients.dynamo, table)
  return Promise.all(
    cells.map(async (cell) => {
      const stored = await store.load(cell.key)
      return { ...cell, holdsIt: stored.sequence !== undefined && !isAfter(sequence, stored.sequence) }
    }),
  )
}

/** From the record's header, which the archive does not keep. */
async function createdAtOf(
  client: KinesisClient,
  stream: string,
  { shardId, sequence }: { shardId: string; sequence: SequenceNumber },
): Promise<number | undefined> {
  try {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: stream,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        StartingSequenceNumber: sequence,
      }),
    )
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }))
    const [record] = Records
    if (record?.SequenceNumber !== sequence || !record.Data) return undefined
    const read = readRecordHeader(record.Data)
    return read.ok ? read.header.createdAt : undefined
  } catch (error) {
    // The shard, or this part of it, lies beyond retention.
    if (error instanceof ResourceNotFoundException || error instanceof InvalidArgumentException) return undefined
    throw error
  }
}

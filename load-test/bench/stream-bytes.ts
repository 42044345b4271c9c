/** What an event takes in the stream: real traffic through the endpoint, then the records that it became. */
import {
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { decodeRecord } from '../../stream/record.ts'
import { readSettings } from '../../stream/settings.ts'
import { createClient } from '../client.ts'
import { generateLoad } from '../generator.ts'
import { createTraffic } from '../traffic.ts'
import { contenders } from './round.ts'
import { type Cores, startServer } from './server-process.ts'

export type StreamBytes = { bytesPerEvent: number; eventsPerRecord: number; events: number }

/** Events a second: what a site with some ten million page views a day sends in its busy hours. */
const rate = 2000

export async function measureStreamBytes(
  env: NodeJS.ProcessEnv,
  cores: Cores,
  seconds: number,
  seed: number,
): Promise<StreamBytes> {
  const kinesis = new KinesisClient({
    endpoint: env.AWS_ENDPOINT_URL_KINESIS as string,
    region: env.AWS_REGION as string,
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    requestHandler: new NodeHttpHandler(),
  })
  const { RETRACE_STREAM: stream } = readSettings(env)
  const iterators = await iteratorsFromNow(kinesis, stream)
  const endpoint = await startServer(contenders.ours, [], { env, core: cores?.server })
  try {
    const { accepted } = await generateLoad({
      client: createClient(new URL(`http://127.0.0.1:${endpoint.port}`), 512, 10_000),
      traffic: createTraffic({ sites: ['demo'], seed, rate }),
      rate,
      durationSeconds: seconds,
      signal: new AbortController().signal,
    })
    let [records, bytes, events] = [0, 0, 0]
    for (const iterator of iterators)
      for await (const { Data = new Uint8Array(), PartitionKey = '' } of readAll(kinesis, iterator)) {
        const decoded = decodeRecord(Data)
        if (!decoded.ok) throw new Error(`a record in the stream is not readable: ${decoded.error.message}`)
        records += 1
        bytes += Data.length + Buffer.byteLength(PartitionKey)
        events += decoded.header.eventCount
      }
    if (events !== accepted) throw new Error(`${accepted} events were accepted, ${events} are in the stream`)
    return { bytesPerEvent: bytes / events, eventsPerRecord: events / records, events }
  } finally {
    await endpoint.stop()
    kinesis.destroy()
  }
}

async function iteratorsFromNow(kinesis: KinesisClient, StreamName: string): Promise<string[]> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }))
  return Promise.all(
    Shards.map(async ({ ShardId }) => {
      const command = new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'LATEST' })
      return (await kinesis.send(command)).ShardIterator as string
    }),
  )
}

/** Everything up to the end of the shard. */
async function* readAll(kinesis: KinesisClient, from: string) {
  for (let iterator: string | undefined = from; iterator; ) {
    const page: GetRecordsCommandOutput = await kinesis.send(
      new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 }),
    )
    if (!page.Records?.length) return
    yield* page.Records
    iterator = page.NextShardIterator
  }
}

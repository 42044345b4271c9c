/** `npm run replay -- --to-stream` over the embedded servers: what comes out of the other stream is what came in once. */
import { once } from 'node:events'
import { CreateStreamCommand, ProvisionedThroughputExceededException } from '@aws-sdk/client-kinesis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { createSentPlaces, type SentPlace, type SentPlaces } from '../consumers/replay/sent-places.ts'
import type { ReplaySource } from '../consumers/replay/sources/source.ts'
import { type PutInOrder, putInOrderTo, sendToStream } from '../consumers/replay/to-stream.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { decodeRecords } from '../consumers/runtime/records.ts'
import { createShardReader } from '../consumers/runtime/shard-reader.ts'
import { aDelivery, aRecord, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { makeDataFolder, removeDataFolder, run, runToEnd as runProcess } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, putRecords, runToEnd, traffic } from './support/stream.ts'

const day = '2026-03-10'
const stretch = { from: noon, to: noon + 3_600_000 }
/** One producer for each key; some keys share a shard. */
const keys = ['a', 'b', 'c', 'd', 'e', 'f']
const batch = 4

let stores: TestStores
let environment: ConsumerEnvironment
let folder: string
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  stores = await startStores()
  folder = await makeDataFolder()
  for (const key of keys) {
    const deliveries = traffic(80, key.charCodeAt(0))
    const records = Array.from({ length: 20 }, (_, i) =>
      aRecord(deliveries.slice(i * batch, (i + 1) * batch), {
        producerId: key.repeat(16),
        producerSequence: i,
        traceId: key.repeat(32),
        createdAt: noon + i,
      }),
    )
    await putRecords(stores.settings, records, key)
  }
  environment = await freshEnvironment('sent')
  env = { ...process.env, RETRACE_DATA_DIR: folder, RETRACE_TABLE_PREFIX: 'sent-', RETRACE_BUCKET: 'sent' }
  await runToEnd(composeArchiver(environment), stores.settings)
  for (const stream of ['copy', 'interrupted']) {
    await environment.clients.kinesis.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 3 }))
    const reader = createShardReader(environment.clients.kinesis, stream)
    await eventually(async () => (await reader.listShards()).length === 3)
  }
})
afterAll(async () => {
  await stores.close()
  await removeDataFolder(folder)
})

function send(...args: string[]) {
  return runProcess('local/replay/cli.ts', args, env)
}

async function readBack(stream: string) {
  const reader = createShardReader(environment.clients.kinesis, stream)
  const found = new Map<string, { header: unknown; deliveries: unknown }[]>()
  for (const { shardId } of await reader.listShards()) {
    const { records } = await reader.open(shardId, undefined).read(10_000)
    const decoded = await decodeRecords({ consumer: 'test', shardId }, records, undefined, async () => {
      throw new Error('a record cannot be decoded')
    })
    found.set(
      shardId,
      decoded.map(({ header, deliveries }) => ({ header, deliveries })),
    )
  }
  return found
}

describe('--to-stream', () => {
  it('puts the same batches into another stream, each shard of old in its order', async () => {
    const { code, output } = await send('--to-stream', 'copy', '--from', day, '--rate', '100000', '--json')
    expect(code, output).toBe(0)
    const before = [...(await readBack(stores.settings.RETRACE_STREAM)).values()].filter(({ length }) => length > 0)
    expect(before.length).toBeGreaterThan(1)
    expect(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      stream: 'copy',
      events: 480,
      records: 120,
      shards: before.length,
      seconds: expect.any(Number),
    })
    const after = [...(await readBack('copy')).values()]
    expect(after.flat()).toHaveLength(120)
    for (const records of before) {
      const own = new Set(records.map(({ header }) => JSON.stringify(header)))
      const lanes = after
        .map((shard) => shard.filter(({ header }) => own.has(JSON.stringify(header))))
        .filter(({ length }) => length > 0)
      expect(lanes).toEqual([records])
    }
  })

  it('goes on where it was, killed -9 and by Ctrl-C, and sends nothing twice that it knows to be there', async () => {
    const args = ['--to-stream', 'interrupted', '--from', day, '--json']
    const countSent = async () => [...(await readBack('interrupted')).values()].flat().length
    const slow = [...args, '--rate', '100']

    const killed = run('local/replay/cli.ts', slow, env)
    await eventually(async () => (await countSent()) >= 20)
    killed.process.kill('SIGKILL')
    await once(killed.process, 'close')
    const afterKill = await countSent()

    const stopped = run('local/replay/cli.ts', slow, env)
    await eventually(async () => (await countSent()) >= afterKill + 20)
    stopped.process.kill('SIGINT')
    const [code] = await once(stopped.process, 'close')
    expect(code, stopped.output()).toBe(130)
    expect(stopped.output()).toContain('The same command goes on.')
    expect(await countSent()).toBeLessThan(120)

    const last = await send(...args, '--rate', '100000')
    expect(last.code, last.output).toBe(0)
    expect(last.output).toContain('Going on behind')
    expect(JSON.parse(last.output.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ records: 120, events: 480 })

    // Only what the killed one had put and not written down may be there twice, directly behind itself.
    expect(await countSent()).toBeLessThanOrEqual(120 + 8)
    const before = [...(await readBack(stores.settings.RETRACE_STREAM)).values()].filter(({ length }) => length > 0)
    const after = [...(await readBack('interrupted')).values()]
    for (const records of before) {
      const own = new Set(records.map(({ header }) => JSON.stringify(header)))
      const lanes = after
        .map((shard) => shard.filter(({ header }) => own.has(JSON.stringify(header))))
        .filter(({ length }) => length > 0)
      const once = lanes.map((lane) =>
        lane.filter((record, i) => JSON.stringify(record) !== JSON.stringify(lane[i - 1])),
      )
      expect(once).toEqual([records])
    }
  }, 60_000)

  it('keeps no places of what has come to its end, so that it can be sent again', async () => {
    expect((await dumpTable('sent-checkpoints')).filter((item) => item.includes('to-stream/'))).toEqual([])
  })

  it.each([
    [['--to-stream', 'retrace-events', '--from', day], 'is the live stream'],
    [['--to-stream', 'nowhere', '--from', day], 'there is no stream nowhere'],
    [['--to-stream', 'no where', '--from', day], 'is no name of a stream'],
    [['--to-stream', 'copy'], 'say the first day with --from DAY'],
    [['--to-stream', 'copy', '--from', day, '--rate', '0'], '--rate must be'],
    [['--to-stream', 'copy', '--from', day, '--site', 'demo'], 'of all sites'],
    [['--to-stream', 'copy', '--from', new Date().toISOString().slice(0, 10)], 'a day that is over'],
    [['--all', '--from', day, '--rate', '5'], '--rate is for --to-stream'],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, output } = await send(...args.map((arg) => (arg === 'retrace-events' ? liveStream() : arg)))
    expect(output).toContain(message)
    expect(code).toBe(2)
  })
})

function placesInMemory(): SentPlaces {
  const places = new Map<string, SentPlace>()
  return {
    load: async () => new Map(places),
    save: async (shardId, place) => void places.set(shardId, place),
    clear: async () => places.clear(),
  }
}

function liveStream(): string {
  return stores.settings.RETRACE_STREAM
}

describe('a lane', () => {
  const header = { producerId: 'a'.repeat(16), traceId: 'b'.repeat(32), createdAt: noon, eventCount: 10 }
  const records = Array.from({ length: 5 }, (_, i) => ({
    sequenceNumber: `${i}`,
    arrivedAt: noon,
    retried: false,
    header: { ...header, producerSequence: i },
    deliveries: [aDelivery({ received: i === 4 ? stretch.to : noon })],
  }))
  const source: ReplaySource = {
    shards: async () => [{ shardId: 'old', startingHashKey: '0', parents: [], closed: true }],
    async *read() {
      yield records
    },
  }

  it('keeps the rate, and leaves out what was not received then', async () => {
    let now = 0
    const at: number[] = []
    const pause = async (ms: number) => {
      now += ms
    }
    const put: PutInOrder = async () => void at.push(now)
    const counts = await sendToStream(source, {
      ...{ stretch, put, rate: 100, waits: { now: () => now, pause } },
      ...{ places: placesInMemory(), onSent() {}, signal: new AbortController().signal },
    })
    expect(at).toEqual([0, 100, 200, 300])
    expect(counts).toEqual({ records: 4, events: 40, shards: 1 })
  })

  it('ends when another process sends the same, and puts no more', async () => {
    const target = { stream: 'copy', createdAt: noon }
    const [ours, theirs] = [1, 2].map(() =>
      createSentPlaces(environment.clients.dynamo, environment.table('checkpoints'), target, stretch),
    ) as [SentPlaces, SentPlaces]
    let put = 0
    const sending = sendToStream(source, {
      stretch,
      rate: 1000,
      waits: { now: () => 0, pause: async () => {} },
      places: ours,
      onSent() {},
      signal: new AbortController().signal,
      async put() {
        put++
        if (put === 2) await theirs.save('old', { sequence: '1', records: 2, events: 20, revision: 2 })
      },
    })
    await expect(sending).rejects.toMatchObject({ code: 'overtaken' })
    expect(put).toBe(2)
  })

  it('sends a record that was refused again before the next, and names the one before', async () => {
    const { kinesis } = environment.clients
    const asked: unknown[] = []
    let refusals = 2
    kinesis.middlewareStack.add(
      (next) => async (args) => {
        asked.push((args.input as { SequenceNumberForOrdering?: string }).SequenceNumberForOrdering)
        if (refusals-- > 0) throw new ProvisionedThroughputExceededException({ message: 'slower', $metadata: {} })
        return next(args)
      },
      { step: 'initialize', name: 'refusing' },
    )
    const pauses: number[] = []
    const put = putInOrderTo(kinesis, 'copy', { pause: async (ms) => void pauses.push(ms) })
    const lane = { shardId: 'old', hashKey: '0' }
    await put(aRecord([aDelivery()]), lane)
    await put(aRecord([aDelivery()]), lane)
    kinesis.middlewareStack.remove('refusing')
    expect(pauses).toHaveLength(2)
    expect(asked).toEqual([undefined, undefined, undefined, expect.any(String)])
  })
})

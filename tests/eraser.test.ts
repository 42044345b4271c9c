/** What an owner has erased is gone, everything else is as it was, and no kill on the way changes that. */
import { once } from 'node:events'
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { channelToItem, readChannels } from '../consumers/anomaly-detector/shapes/channel.ts'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { listArchive } from '../consumers/archiver/read-archive.ts'
import { createCompactor } from '../consumers/compactor/compactor.ts'
import { createNoteStore, noteId } from '../consumers/eraser/shapes/notes.ts'
import { createSavedStore, type SavedSegment } from '../consumers/eraser/shapes/saved.ts'
import { openSource } from '../consumers/replay/open-source.ts'
import { type ConsumerEnvironment, consumerEnvironment } from '../consumers/runtime/process.ts'
import { reconcile } from '../local/reconcile/reconcile.ts'
import {
  atOnce as compactsAtOnce,
  day,
  deliveries,
  everything,
  expected,
  hourMs,
  readEvents,
} from './support/archive.ts'
import { ask, consume, consumed, erase, found } from './support/erased.ts'
import { eventually } from './support/eventually.ts'
import { run } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, listObjects, putTraffic, runToEnd, shardReader } from './support/stream.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, deliveries)
})
afterAll(() => stores.close())

const isOf = (site: string) => (item: string) => new RegExp(`(series|site)="?\\{?.*${site}[#"]`).test(item)
const left = expected.filter(({ delivery }) => delivery.site !== 'demo')
const erasedRows = expected.length - left.length

/** The site is nowhere, and the other is as it was. */
async function expectErased(environment: ConsumerEnvironment, name: string, before: string[]): Promise<void> {
  const cells = await dumpTable(environment.table('cells'))
  expect(cells.filter(isOf('demo'))).toEqual([])
  expect(cells).toEqual(before.filter((item) => !isOf('demo')(item)))
  for (const table of ['minutes', 'incidents', 'revisions'] as const)
    expect((await dumpTable(environment.table(table))).filter(isOf('demo'))).toEqual([])
  expect(await readEvents(environment)).toEqual(left)
  const named = await listArchive(parquetStores(environment).manifest, everything)
  expect((await listObjects(name, 'archive/')).sort()).toEqual(named.map(({ key }) => key).sort())
}

/** What is erased is in the account: nobody takes it for lost. */
async function expectBalanced(environment: ConsumerEnvironment): Promise<void> {
  const { lines, balanced } = await reconcile(environment, { range: everything, now: everything.to })
  expect(lines.filter(({ verdict }) => verdict.kind === 'unbalanced')).toEqual([])
  expect(balanced).toBe(true)
}

async function putChannel({ clients, table }: ConsumerEnvironment, site: string): Promise<void> {
  const target = 'https://example.org/alerts'
  const made = { dashboard: 'https://retrace.example.org', createdBy: 'ada@example.org', createdAt: 0 }
  const Item = channelToItem({ site, id: 'one', type: 'webhook', target, secret: 'a secret', ...made })
  await clients.dynamo.send(new PutItemCommand({ TableName: table('control'), Item }))
}

async function replayable(environment: ConsumerEnvironment): Promise<number> {
  const { source } = await openSource(environment, 'archive', everything)
  let events = 0
  for (const { shardId } of await source.shards())
    for await (const records of source.read(shardId, everything))
      for (const { deliveries } of records) events += deliveries.flatMap((delivery) => delivery.events).length
  return events
}

describe('a site', () => {
  it('is erased from cells, archive, incidents, notes and segments, and the others keep all they had, to the byte', async () => {
    const environment = await consumed('erased', stores.settings)
    const before = await dumpTable(environment.table('cells'))
    expect(before.filter(isOf('demo')).length).toBeGreaterThan(10)
    expect((await dumpTable(environment.table('minutes'))).filter(isOf('demo')).length).toBeGreaterThan(10)
    expect((await dumpTable(environment.table('revisions'))).filter(isOf('demo'))).toHaveLength(1)
    const notes = createNoteStore(environment.clients.dynamo, environment.table('control'))
    for (const site of ['demo', 'demo-2'])
      for (const time of [day, `${day}T10:20Z`])
        await notes.add(site, { id: noteId(time, '00'.repeat(8)), time, text: `of ${site}` })
    const segments = createSavedStore<SavedSegment>(environment.clients.dynamo, environment.table('control'), 'segment')
    for (const site of ['demo', 'demo-2']) await segments.add(site, '00', { name: 'few', filters: ['country:DE'] })
    for (const site of ['demo', 'demo-2']) await putChannel(environment, site)
    await ask(environment, { kind: 'site' })
    expect(await erase(environment)).toEqual({ done: 1, waiting: 0, faults: [] })
    expect([await notes.count('demo'), await notes.count('demo-2')]).toEqual([0, 2])
    expect([(await segments.list('demo')).length, (await segments.list('demo-2')).length]).toEqual([0, 1])
    await expectErased(environment, 'erased', before)
    const channels = await readChannels(environment.clients.dynamo, environment.table('control'))
    expect(channels.map(({ site }) => site)).toEqual(['demo-2'])
    expect(await found(environment)).toMatchObject({ step: 'done', rows: { [day]: erasedRows } })

    await expectBalanced(environment)

    // An archiver that begins from the start again brings nothing back.
    for (const { shardId } of await shardReader(stores.settings).listShards())
      await environment.clients.dynamo.send(
        new DeleteItemCommand({
          TableName: environment.table('checkpoints'),
          Key: { consumer: { S: 'archiver' }, shard: { S: shardId } },
        }),
      )
    await runToEnd(composeArchiver(environment), stores.settings, 40)
    await expectErased(environment, 'erased', before)

    // A replay finds all that is left, and that nothing is missing.
    expect(await replayable(environment)).toBe(left.length)
    await createCompactor(parquetStores(environment), compactsAtOnce).compactDay(day)
    await expectErased(environment, 'erased', before)
    expect(await replayable(environment)).toBe(left.length)
  })

  it('waits until what arrived before lies where it is erased, and until no reader is at what was before', async () => {
    const environment = await consumed('waits', stores.settings)
    await ask(environment, { kind: 'site', requestedAt: Date.now() })
    expect(await erase(environment, { settleMs: 60_000 })).toMatchObject({ waiting: 1 })
    expect(await found(environment)).toMatchObject({ step: 'waiting' })
    expect(await erase(environment, { graceMs: 60_000 })).toMatchObject({ waiting: 1 })
    expect(await found(environment)).toMatchObject({ step: 'objects', rows: { [day]: erasedRows } })
    const named = await listArchive(parquetStores(environment).manifest, everything)
    expect((await listObjects('waits', 'archive/')).length).toBeGreaterThan(named.length)
    expect(await erase(environment)).toMatchObject({ done: 1 })
    expect((await listObjects('waits', 'archive/')).length).toBe(named.length)
  })

  it('is looked after again a day later, and what came behind it goes too', async () => {
    const environment = await freshEnvironment('behind')
    await ask(environment, { kind: 'site', requestedAt: Date.now() - hourMs / 2 })
    expect(await erase(environment)).toMatchObject({ done: 1 })
    await consume(environment, stores.settings)
    const before = await dumpTable(environment.table('cells'))
    expect(await erase(environment, { now: () => Date.now() + 23 * hourMs })).toMatchObject({ done: 0 })
    expect(await dumpTable(environment.table('cells'))).toEqual(before)
    expect(await erase(environment, { now: () => Date.now() + 25 * hourMs })).toMatchObject({ faults: [] })
    await expectErased(environment, 'behind', before)
    expect(await found(environment)).toMatchObject({ step: 'done', rows: { [day]: erasedRows } })
  })
})

describe('somebody', () => {
  it.each([
    ['visitor', '5555555555555511'],
    ['load', expected.find(({ delivery }) => delivery.site === 'demo')?.event.load ?? ''],
  ] as const)('by %s has their events erased at this site, and figures stay', async (kind, value) => {
    const environment = await consumed(`by-${kind}`, stores.settings)
    const before = await dumpTable(environment.table('cells'))
    await ask(environment, { kind, value })
    expect(await erase(environment)).toMatchObject({ done: 1, faults: [] })
    const isTheirs = ({ delivery, event }: (typeof expected)[number]) =>
      delivery.site === 'demo' && (kind === 'load' ? event.load === value : delivery.visitor === value)
    expect(expected.filter(isTheirs).length).toBeGreaterThan(0)
    expect(await readEvents(environment)).toEqual(expected.filter((each) => !isTheirs(each)))
    expect(await dumpTable(environment.table('cells'))).toEqual(before)
    await expectBalanced(environment)
    expect((await found(environment)).rows).toEqual({ [day]: expected.filter(isTheirs).length })
  })
})

describe('an eraser that is killed', () => {
  it('between any two steps leaves what the next goes on with, and counts what it erased once', async () => {
    const environment = await consumed('killed', stores.settings)
    const before = await dumpTable(environment.table('cells'))
    await ask(environment, { kind: 'site' })
    // Every call of a store is a step; each eraser lives for some more of them than the one before it.
    for (let steps = 1, through = false; !through; steps += 5) {
      const dying = consumerEnvironment({
        ...process.env,
        ...{ RETRACE_TABLE_PREFIX: 'killed-', RETRACE_BUCKET: 'killed', RETRACE_LOG_LEVEL: 'silent' },
      })
      let lived = 0
      const killing = async <T>(call: () => Promise<T>): Promise<T> => {
        if (lived++ > steps) throw new Error('killed')
        const answer = await call()
        // Killed before it hears of what it did.
        if (lived > steps) throw new Error('killed')
        return answer
      }
      dying.clients.dynamo.middlewareStack.add((next) => (args) => killing(() => next(args)))
      dying.clients.s3.middlewareStack.add((next) => (args) => killing(() => next(args)))
      through = await erase(dying).then(
        ({ faults, waiting }) => faults.length === 0 && waiting === 0,
        () => false,
      )
      if (!through) expect(await readEvents(environment)).toEqual(expect.arrayContaining(left))
    }
    await expectErased(environment, 'killed', before)
    expect((await found(environment)).rows).toEqual({ [day]: erasedRows })
  }, 60_000)

  it('-9, as a process, while it writes objects again, is gone on with by the next', async () => {
    const environment = await consumed('process', stores.settings)
    const before = await dumpTable(environment.table('cells'))
    await ask(environment, { kind: 'site' })
    const env = {
      ...process.env,
      ...{ RETRACE_TABLE_PREFIX: 'process-', RETRACE_BUCKET: 'process', RETRACE_LOG_LEVEL: 'info' },
      RETRACE_COMPACTION_GRACE_MS: '0',
    }
    const kept = await listObjects('process', 'archive/')
    const start = () => run('consumers/eraser/main.ts', [], env)
    const first = start()
    await eventually(async () => (await listObjects('process', 'archive/')).length > kept.length, {
      timeoutMs: 20_000,
      everyMs: 2,
    })
    first.process.kill('SIGKILL')
    await once(first.process, 'close')
    expect((await found(environment)).step).toBe('archive')
    const second = start()
    await eventually(async () => (await found(environment)).step === 'done', { timeoutMs: 20_000, everyMs: 50 })
    second.process.kill('SIGTERM')
    expect((await once(second.process, 'close'))[0]).toBe(0)
    await expectErased(environment, 'process', before)
  }, 60_000)
})

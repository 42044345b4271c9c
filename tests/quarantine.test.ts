/** `npm run quarantine`: what consumers passed over is seen, put back, and counted once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { Consumer, StreamRecord } from '../consumers/runtime/consumer.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { parseQuarantineCommand } from '../local/quarantine/options.ts'
import { createQuarantineStores } from '../local/quarantine/stores.ts'
import { aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { archivedRows, countedEvents } from './support/figures.ts'
import { makeDataFolder, removeDataFolder, runToEnd as runCommand } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putRecords, runToEnd, shardReader } from './support/stream.ts'
import { wrapped } from './support/wrapped.ts'

const recordCount = 30
const hardOnes = [4, 17]
let stores: TestStores
let folder: string
let environment: ConsumerEnvironment
/** Sequence numbers of the records that the aggregator's bug is about. */
let sequences: string[]

beforeAll(async () => {
  stores = await startStores()
  folder = await makeDataFolder()
  await putRecords(
    stores.settings,
    Array.from({ length: recordCount }, (_, i) => {
      const event = anEvent({ load: i.toString(16).padStart(16, '0'), at: noon + i * 1000 })
      return aRecord([aDelivery({ visitor: `${i}`.padStart(16, 'a'), events: [event] })], { producerSequence: i })
    }),
  )
  environment = await freshEnvironment('put-back')
  const reader = shardReader(stores.settings)
  const records: StreamRecord[] = []
  for (const { shardId } of await reader.listShards())
    records.push(...(await reader.open(shardId, undefined).read(1000)).records)
  sequences = hardOnes.map((i) => records[i]?.sequenceNumber ?? '')
  await runToEnd(withBug(composeAggregator(environment)), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
})
afterAll(async () => {
  await removeDataFolder(folder)
  await stores.close()
})

const isHard = ({ data }: StreamRecord) => hardOnes.includes(Number(Buffer.from(data).readBigUInt64BE(24)))

/** A consumer before its repair. */
function withBug(consumer: Consumer): Consumer {
  return wrapped(consumer, (opened) => ({
    async handle(records) {
      if (records.some(isHard)) throw new TypeError('cannot read properties of “undefined”\nor so')
      await opened.handle(records)
    },
  }))
}

const quarantine = (...args: string[]) =>
  runCommand('local/quarantine/cli.ts', args, {
    ...process.env,
    RETRACE_DATA_DIR: folder,
    RETRACE_BUCKET: 'put-back',
  })

async function consumeAll(): Promise<void> {
  await runToEnd(composeAggregator(environment), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
}

describe('the commands, in the order of a repair', () => {
  it('lists what is there, as a table and as JSON', async () => {
    const { code, output } = await quarantine('list', '--json')
    expect(code).toBe(0)
    for (const sequence of sequences) expect(output).toMatch(new RegExp(`aggregator .* ${sequence} .*TypeError`))
    const { quarantined, records } = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
    expect(quarantined).toBe(2)
    expect(records[0]).toMatchObject({
      consumer: 'aggregator',
      sequenceNumber: sequences[0],
      code: 'consumer_failed',
      reason: 'TypeError: cannot read properties of ?undefined? or so',
    })
    expect((await quarantine('list', '--consumer', 'archiver')).output).toBe('The quarantine is empty.\n')
  })

  it('shows a record with its header, its bytes and what it says', async () => {
    const { code, output } = await quarantine('show', sequences[0] ?? '')
    expect(code).toBe(0)
    expect(output).toMatch(/^consumer +aggregator$/m)
    expect(output).toMatch(/^producer +0123456789abcdef, batch 4$/m)
    expect(output).toMatch(/^00000000 {2}52 54 52 43 .*RTRC/m)
    expect(output).toContain('"url": "https://shop.example/plants/fern"')
  })

  it('brings a record back under another number when it fails again', async () => {
    const { code, output } = await quarantine('retry', sequences[0] ?? '')
    expect(output).toContain('1 record was put back.')
    expect(code).toBe(0)
    await runToEnd(withBug(composeAggregator(environment)), stores.settings)
    const kept = await createStores().list()
    expect(kept).toHaveLength(2)
    expect(kept.map(({ sequenceNumber }) => sequenceNumber)).not.toContain(sequences[0])
    expect(await countedEvents('put-back-cells')).toBe(recordCount - 2)
  })

  it('counts a record once after the repair, for the consumer that had failed and for those that had not', async () => {
    const { code, output } = await quarantine('retry', '--all')
    expect(output).toContain('2 records were put back.')
    expect(code).toBe(0)
    await consumeAll()
    expect(await countedEvents('put-back-cells')).toBe(recordCount)
    expect(await archivedRows(environment)).toHaveLength(recordCount)
    expect((await quarantine('list')).output).toBe('The quarantine is empty.\n')
  })

  it('counts it once also when the command died before it could delete the object, and was run again', async () => {
    const shardId = (await shardReader(stores.settings).listShards())[0]?.shardId ?? ''
    const again = aRecord([aDelivery({ events: [anEvent({ load: 'beefbeefbeefbeef' })] })], { producerSequence: 99 })
    const entry = { consumer: 'aggregator', shardId, sequenceNumber: '1' }
    await createStores().putBack(entry, again)
    await createStores().putBack(entry, again)
    await consumeAll()
    expect(await countedEvents('put-back-cells')).toBe(recordCount + 1)
    expect(await archivedRows(environment)).toHaveLength(recordCount)
  })

  it('says in one line that there is no such record', async () => {
    expect(await quarantine('show', '123')).toEqual({
      code: 1,
      output: 'There is no record 123 in the quarantine (npm run quarantine -- list).\n',
    })
  })
})

function createStores() {
  return createQuarantineStores({ ...stores.settings, RETRACE_BUCKET: 'put-back' })
}

describe('wrong arguments', () => {
  it.each([
    [[], 'list, show or retry is needed'],
    [['drop'], 'list, show or retry is needed'],
    [['show'], 'show needs a SEQUENCE'],
    [['show', 'abc'], 'SEQUENCE is a number, not "abc"'],
    [['retry'], 'retry needs a SEQUENCE or --all'],
    [['retry', '1', '--all'], 'retry needs a SEQUENCE or --all'],
    [['list', '1'], 'list takes no SEQUENCE'],
    [['list', '--all'], '--all is for retry'],
    [['show', '1', '2'], '"2" is one argument too many'],
  ])('%j: %s', (argv, message) => {
    expect(parseQuarantineCommand(argv)).toEqual({ kind: 'wrong', message })
  })

  it('end with one line and status 2', async () => {
    const { code, output } = await quarantine('list', '--nonsense')
    expect(code).toBe(2)
    expect(output.trimEnd().split('\n')).toHaveLength(1)
  })

  it('do not keep --help from helping', async () => {
    const { code, output } = await quarantine('--help')
    expect(code).toBe(0)
    expect(output).toContain('npm run quarantine -- retry SEQUENCE|--all')
  })
})

/** `npm run bench:cold-start`: how long a function takes until its first event is handled, for each that is deployed. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { PutRecordCommand } from '@aws-sdk/client-kinesis'
import { createClients } from '../../consumers/runtime/clients.ts'
import { readSettings } from '../../stream/settings.ts'
import { trafficRecords } from '../bench-aggregate/records.ts'
import { runCommand, UsageError } from '../command.ts'
import { embeddedStores, startEmbeddedStores } from '../embedded.ts'
import { provision } from '../provision.ts'
import { Supervisor } from '../supervisor.ts'
import type { ColdStart } from './child.ts'
import { type BundledFunction, bundleFunctions } from './functions.ts'

const usage = `Starts each function of the deployment anew, several times: a process imports its bundle and handles one event, with the
stores of npm start. Prints the medians.

npm run bench:cold-start -- [--rounds 11] [--json]`

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const onSchedule = { source: 'aws.events', 'detail-type': 'Scheduled Event' }
/** A page view of the demo site, by a function URL. */
const pixel = {
  rawPath: '/v1/pixel.gif',
  rawQueryString: new URLSearchParams({ site: 'demo', url: 'https://shop.example/' }).toString(),
  headers: {},
  requestContext: { http: { method: 'GET', sourceIp: '203.0.113.7' } },
}
/** Events a second of the traffic that records are drawn from: some hundred events each. */
const rate = 2000
const longestLine = 500

runCommand(usage, async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '11' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    return
  }
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1000)
    throw new UsageError('--rounds must be a whole number from 1 to 1000')
  const folder = await mkdtemp(join(tmpdir(), 'retrace-cold-start-'))
  await mkdir(join(folder, 'logs'))
  const say = (line: string) => console.error(line)
  const supervisor = new Supervisor({ root, logFolder: join(folder, 'logs'), say, onRestarted: () => {} })
  try {
    const [functions, aws] = await Promise.all([
      bundleFunctions(join(folder, 'cdk.out')),
      startEmbeddedStores(supervisor, folder, {}),
    ])
    Object.assign(process.env, aws)
    await provision(readSettings(process.env), Date.now())
    report(await measure(functions, rounds), values.json)
  } finally {
    await supervisor.stop(embeddedStores.map(({ name }) => name))
    await rm(folder, { recursive: true, force: true })
  }
})

type Measured = BundledFunction & { starts: ColdStart[] }

/** By turns, so that what else the machine does meets all of them. */
async function measure(functions: readonly BundledFunction[], rounds: number): Promise<Measured[]> {
  const measured = functions.map((of): Measured => ({ ...of, starts: [] }))
  const nextBatch = batches()
  for (let round = 0; round < rounds; round += 1)
    for (const { name, bundle, source, starts } of measured) {
      const event = source === 'stream' ? await nextBatch() : source === 'url' ? pixel : onSchedule
      const args = [join(import.meta.dirname, 'child.ts'), bundle, JSON.stringify(event)]
      const { stdout } = await run(process.execPath, args, { env: process.env, cwd: root }).catch(({ stderr }) => {
        throw new Error(`The ${name} failed:\n${readable(`${stderr}`)}`)
      })
      starts.push(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as ColdStart)
    }
  return measured
}

/** Records that are in the stream, one each time, as Lambda brings them. */
function batches(): () => Promise<unknown> {
  const { kinesis } = createClients()
  const { RETRACE_STREAM: StreamName } = readSettings(process.env)
  const source = trafficRecords({ sites: ['demo'], seed: 1, rate, startAt: Date.now() })
  return async () => {
    const { data } = source.next().value.record
    const put = new PutRecordCommand({ StreamName, Data: data, PartitionKey: 'demo', ExplicitHashKey: '0' })
    const { ShardId, SequenceNumber } = await kinesis.send(put)
    const approximateArrivalTimestamp = Date.now() / 1000
    const record = {
      sequenceNumber: SequenceNumber,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp,
    }
    return { Records: [{ eventID: `${ShardId}:${SequenceNumber}`, kinesis: { partitionKey: 'demo', ...record } }] }
  }
}

function report(measured: readonly Measured[], json: boolean): void {
  console.log(
    `${'ms, medians'.padEnd(48)}${['KB', 'node', 'import', 'event', 'all', 'worst', 'MiB'].map(cell).join('')}`,
  )
  const rows = measured.map(({ name, bytes, memoryMiB, starts }) => {
    const all = starts.map(({ nodeMs, importMs, firstEventMs }) => nodeMs + importMs + firstEventMs)
    return {
      name,
      memoryMiB,
      bytes,
      nodeMs: median(starts.map(({ nodeMs }) => nodeMs)),
      importMs: median(starts.map(({ importMs }) => importMs)),
      firstEventMs: median(starts.map(({ firstEventMs }) => firstEventMs)),
      allMs: median(all),
      worstMs: Math.max(...all),
      residentMiB: median(starts.map(({ residentMiB }) => residentMiB)),
    }
  })
  for (const { name, bytes, nodeMs, importMs, firstEventMs, allMs, worstMs, residentMiB } of rows) {
    const cells = [bytes / 1000, nodeMs, importMs, firstEventMs, allMs, worstMs, residentMiB]
    console.log(`${name.padEnd(48)}${cells.map((value) => cell(value.toFixed(0))).join('')}`)
  }
  if (json) console.log(JSON.stringify({ rounds: measured[0]?.starts.length, functions: rows }))
}

/** A bundle has lines of hundreds of kilobytes, of which Node shows the one that failed. */
const readable = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.length < longestLine)
    .join('\n')

const cell = (text: string) => text.padStart(8)

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/**
 * `npm run bench:facts`: how long an overview under two filters takes that cells do not hold together. Warm is a process that
 * has answered before, asked under filters that none had: nothing of the answer is kept. The same filters once more are told
 * apart.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { type ConsumerEnvironment, consumerEnvironment } from '../../consumers/runtime/process.ts'
import { siteToItem } from '../../stream/site.ts'
import { provision } from '../provision.ts'
import type { FilesResult, FilesTask } from './ask-files.ts'
import { writeFacts } from './files.ts'
import { fillPast } from './fill.ts'
import { countries, type Past } from './past.ts'
import { reportVisits } from './visits.ts'

const help = `Measures the overview of a site's 30 days under two filters that are counted from facts.

npm run bench:facts -- [options]

  --events N   events of the site (default 1000000)
  --days N     over so many days (default 30)
  --rounds N   overviews, each under two filters that none had before (default 40)
  --files DIR  no stores and no HTTP: facts straight from the fold into this folder, where they are kept and found
               again, and overviews of them in a process of its own
  --keep DIR   where the stores and the facts are left, and found again by a run that names the same
  --cold N     so many processes that have just started (default 3)
  --memory N   RETRACE_FACTS_MEMORY_MB of the process that answers (default 256)
  --visits     with --files: a funnel of four steps and retention by week instead of overviews
  --json       one JSON object as the last line`

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '40' },
    files: { type: 'string' },
    keep: { type: 'string' },
    cold: { type: 'string', default: '3' },
    memory: { type: 'string', default: '256' },
    visits: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const root = join(import.meta.dirname, '../..')
const token = 'bench-facts-token'
/** In the folder that is kept: which past is there. */
const keptName = 'past.json'
const site = 'shop'
/** What a panel shows first; of countries the second, for there is one. */
const lists = ['page', 'referrer', 'country', 'browser', 'target', 'event'] as const

if (values.help) console.log(help)
else if (values.files && values.visits) await reportVisits(values.files, values)
else if (values.files) await reportFiles(values.files)
else await report()

async function report(): Promise<void> {
  const [events, days, rounds] = [values.events, values.days, values.rounds].map(Number) as [number, number, number]
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'retrace-bench-facts-')))
  const known = values.keep === undefined ? undefined : await readKept(folder)
  if (known && (known.events !== events || known.days !== days))
    throw new Error(`${folder} has ${known.events} events in ${known.days} days: name another folder, or as many`)
  const children: ChildProcess[] = []
  const start = async (file: string, args: string[]) => {
    const child = fork(join(root, file), args, { cwd: root, env: process.env })
    children.push(child)
    const [ready] = (await once(child, 'message')) as [{ port: number }]
    return { child, address: `http://127.0.0.1:${ready.port}` }
  }
  Object.assign(process.env, {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' },
    ...{ AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required', AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required' },
    ...{ RETRACE_ADMIN_TOKEN: token, RETRACE_DASHBOARD_PORT: '0', RETRACE_LOG_LEVEL: 'error' },
    RETRACE_FACTS_DIR: join(folder, 'facts'),
    RETRACE_FACTS_MEMORY_MB: values.memory,
    RETRACE_FACTS_TIMEOUT_MS: '120000',
  })
  try {
    for (const kind of ['kinesis', 'dynamodb', 's3']) {
      await mkdir(join(folder, kind), { recursive: true })
      const { address } = await start('local/store.ts', [kind, join(folder, kind), '0'])
      process.env[`AWS_ENDPOINT_URL_${kind.toUpperCase()}`] = address
    }
    const environment = consumerEnvironment(process.env)
    // Days that are over: what they are made of does not change while it is measured.
    const to = known?.to ?? Math.floor(Date.now() / granularityMs.day) * granularityMs.day
    const from = to - days * granularityMs.day
    const filled = known?.filled ?? (await fill(environment, { site, events, from, to, seed: 1 }))
    if (values.keep !== undefined) await writeKept(folder, { events, days, to, filled })

    let dashboard = await start('dashboard/main.ts', [])
    const range = `from=${utcDay(from)}&to=${utcDay(to - 1)}&interval=day`
    const before = `from=${utcDay(from - (to - from))}&to=${utcDay(from - 1)}&interval=day`
    const pages = await pagesOf(dashboard.address, range)
    const filtersOf = (round: number) => {
      const page = pages[Math.floor(round / countries.length) % pages.length] ?? '/'
      const extra = Math.floor(round / (countries.length * pages.length)) % 2 ? '&filter=!browser:Firefox' : ''
      return `filter=country:${countries[round % countries.length]}&filter=page:${encodeURIComponent(page)}${extra}`
    }
    // Most facts are let through: not this country, and not that one of many pages.
    const broadFiltersOf = (round: number) =>
      `filter=!country:${countries[round % countries.length]}&filter=!page:${encodeURIComponent(`/docs/${round}`)}`
    const overview = (filters: string) => askOverview(dashboard.address, range, before, filters)

    const makingMs = await timeOf(() => overview(filtersOf(0)))
    const [cold, coldCpu]: [number[], number[]] = [[], []]
    for (let round = 0; round < Number(values.cold); round += 1) {
      dashboard.child.kill('SIGTERM')
      await once(dashboard.child, 'exit')
      dashboard = await start('dashboard/main.ts', [])
      const startedCpuMs = await processorMs(dashboard.child)
      cold.push(await timeOf(() => overview(filtersOf(1))))
      coldCpu.push((await processorMs(dashboard.child)) - startedCpuMs)
    }
    const begunCpuMs = await processorMs(dashboard.child)
    const fresh: number[] = []
    const again: number[] = []
    const broad: number[] = []
    for (let round = 2; round < rounds + 2; round += 1) {
      fresh.push(await timeOf(() => overview(filtersOf(round))))
      again.push(await timeOf(() => overview(filtersOf(round))))
      broad.push(await timeOf(() => overview(broadFiltersOf(round))))
    }
    const result = {
      events: filled,
      days,
      rounds,
      makingMs: Math.round(makingMs),
      coldMs: Math.round(quantile(cold, 0.95)),
      coldP50Ms: Math.round(quantile(cold, 0.5)),
      newFiltersP50Ms: Math.round(quantile(fresh, 0.5)),
      newFiltersP95Ms: Math.round(quantile(fresh, 0.95)),
      broadFiltersP50Ms: Math.round(quantile(broad, 0.5)),
      broadFiltersP95Ms: Math.round(quantile(broad, 0.95)),
      sameFiltersP95Ms: Math.round(quantile(again, 0.95)),
      coldCpuP50Ms: quantile(coldCpu, 0.5),
      cpuMs: (await processorMs(dashboard.child)) - begunCpuMs,
      factsBytes: await bytesIn(join(folder, 'facts', site)),
      memoryMb: await memoryMb(dashboard.child),
    }
    console.log(
      [
        `${filled} events in ${days} days: facts of ${(result.factsBytes / 1e6).toFixed(1)} MB, made in ${result.makingMs} ms with the first overview`,
        `new process, facts there: p50 ${result.coldP50Ms} ms, p95 of ${cold.length} ${result.coldMs} ms; ${result.coldCpuP50Ms} ms of the processor`,
        `filters that none had before: p50 ${result.newFiltersP50Ms} ms, p95 ${result.newFiltersP95Ms} ms; the same once more: p95 ${result.sameFiltersP95Ms} ms`,
        `filters that let most through, none of them before: p50 ${result.broadFiltersP50Ms} ms, p95 ${result.broadFiltersP95Ms} ms`,
        `memory of the dashboard at most ${result.memoryMb} MB`,
      ].join('\n'),
    )
    if (values.json) console.log(JSON.stringify(result))
  } finally {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }),
    )
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true })
  }
}

type Kept = { events: number; days: number; to: number; filled: number }

async function readKept(folder: string): Promise<Kept | undefined> {
  await mkdir(folder, { recursive: true })
  const text = await readFile(join(folder, keptName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  return text === undefined ? undefined : (JSON.parse(text) as Kept)
}

function writeKept(folder: string, kept: Kept): Promise<void> {
  return writeFile(join(folder, keptName), JSON.stringify(kept))
}

/** @returns how many events there are */
async function fill(environment: ConsumerEnvironment, past: Past): Promise<number> {
  await provision(environment.settings, Date.now())
  const item = { site, name: site, origins: [], timeZone: 'UTC', queryParams: [], strict: false, network: false }
  const Item = siteToItem({ ...item, createdAt: Date.now() })
  await environment.clients.dynamo.send(new PutItemCommand({ TableName: environment.table('sites'), Item }))
  return fillPast(environment, past)
}

async function reportFiles(folder: string): Promise<void> {
  const [events, days, rounds, memoryMb] = [values.events, values.days, values.rounds, values.memory].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  const from = Date.parse('2026-10-01T00:00Z')
  const to = from + days * granularityMs.day
  const facts = join(folder, `${events}-${days}`)
  const isThere = await stat(facts).catch(() => undefined)
  const making = isThere ? 0 : await timeOf(() => writeFacts({ site, events, from, to, seed: 1 }, facts))
  const child = fork(join(import.meta.dirname, 'ask-files.ts'))
  const task: FilesTask = {
    ...{ folder: facts, from: utcDay(from), to: utcDay(to - 1), rounds, memoryMb, timeoutMs: 120_000 },
  }
  child.send(task)
  const [answer] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('the process that answers ended')
    }),
  ])
  const { coldMs, narrow, broad, memoryMb: most } = answer as FilesResult
  const result = {
    ...{ events, days, rounds, makingMs: Math.round(making), coldMs: Math.round(coldMs) },
    newFiltersP50Ms: Math.round(quantile(narrow, 0.5)),
    newFiltersP95Ms: Math.round(quantile(narrow, 0.95)),
    broadFiltersP50Ms: Math.round(quantile(broad, 0.5)),
    broadFiltersP95Ms: Math.round(quantile(broad, 0.95)),
    memoryMb: most,
  }
  console.log(
    [
      `${events} events in ${days} days, without stores and HTTP: first overview of a process ${result.coldMs} ms`,
      `filters that none had before: p50 ${result.newFiltersP50Ms} ms, p95 ${result.newFiltersP95Ms} ms`,
      `filters that let most through: p50 ${result.broadFiltersP50Ms} ms, p95 ${result.broadFiltersP95Ms} ms`,
      `memory of the process at most ${most} MB`,
    ].join('\n'),
  )
  if (values.json) console.log(JSON.stringify(result))
}

async function ask<T>(address: string, path: string): Promise<T> {
  for (;;) {
    const response = await fetch(`${address}/api/sites/${site}/${path}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const answer = await response.json()
    if (response.status === 200) return answer as T
    if (response.status !== 202) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
    await sleep(200)
  }
}

/** Those that most visitors saw, in the order of the list. */
async function pagesOf(address: string, range: string): Promise<string[]> {
  const { rows } = await ask<{ rows: { value: string }[] }>(address, `breakdown/page?${range}&limit=8`)
  return rows.map(({ value }) => value)
}

/** Tiles, chart, the first list of each panel, web vitals, and the period that they are compared with. */
async function askOverview(address: string, range: string, before: string, filters: string): Promise<void> {
  const of = (name: string, period = range) => ask(address, `${name}?${period}&${filters}`)
  await Promise.all([
    of('summary'),
    of('timeseries'),
    of('vitals'),
    ...lists.map((list) => of(`breakdown/${list}`)),
    of('summary', before),
    of('timeseries', before),
  ])
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** The value that so much of them does not exceed. */
function quantile(all: readonly number[], share: number): number {
  const sorted = all.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0
}

async function bytesIn(folder: string): Promise<number> {
  const files = (await readdir(folder, { withFileTypes: true, recursive: true })).filter((entry) => entry.isFile())
  const sizes = files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** The most that a process has taken, as Linux counts (proc(5)). */
async function memoryMb({ pid }: ChildProcess): Promise<number> {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1024)
}

/** Time of the processor that a process has taken, of all its threads (proc(5), 100 ticks a second). */
async function processorMs({ pid }: ChildProcess): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [user, system] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number) as [number, number]
  return (user + system) * 10
}

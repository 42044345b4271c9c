/** Overviews of a dashboard over its stores and HTTP, each as a browser asks for it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { type ConsumerEnvironment, consumerEnvironment } from '../../consumers/runtime/process.ts'
import { siteToItem } from '../../stream/site.ts'
import { quantile } from '../bench-dashboard/overview.ts'
import { provision } from '../provision.ts'
import { lists, mostMemoryMb, site, timeOf } from './asking.ts'
import { fillPast } from './fill.ts'
import type { Options } from './options.ts'
import { countries, type Past } from './past.ts'

const root = join(import.meta.dirname, '../..')
const token = 'bench-facts-token'
/** In the folder that is kept: which past is there. */
const keptName = 'past.json'

export async function reportOverStores({
  events,
  days,
  rounds,
  keep,
  cold: starts,
  memory,
  json,
}: Options): Promise<void> {
  const folder = keep ?? (await mkdtemp(join(tmpdir(), 'retrace-bench-facts-')))
  const known = keep === undefined ? undefined : await readKept(folder)
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
    RETRACE_FACTS_MEMORY_MB: String(memory),
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
    if (keep !== undefined) await writeKept(folder, { events, days, to, filled })

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
    for (let round = 0; round < starts; round += 1) {
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
      memoryMb: await mostMemoryMb(dashboard.child.pid),
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
    if (json) console.log(JSON.stringify(result))
  } finally {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }),
    )
    if (keep === undefined) await rm(folder, { recursive: true, force: true })
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

async function bytesIn(folder: string): Promise<number> {
  const files = (await readdir(folder, { withFileTypes: true, recursive: true })).filter((entry) => entry.isFile())
  const sizes = files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
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

/** What is looked at, step by step; each throws with what is not as it should be. */
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { watchedHour } from '../../consumers/ledger-watch/account.ts'
import { type ConsumerEnvironment, consumerEnvironment } from '../../consumers/runtime/process.ts'
import { reconcile } from '../reconcile/reconcile.ts'
import { toJson } from '../reconcile/report.ts'
import { awaitConsumers } from '../reconcile/wait.ts'
import { invoke, listFunctions } from './emulated.ts'
import { sites } from './events.ts'
import { floodOf, floodPageviews, historyEvents, historyEventsIn, sendHistory } from './history.ts'
import type { Servers } from './servers.ts'
import { until } from './until.ts'
import type { Visitors } from './visitors.ts'
import { readWarehouse } from './warehouse.ts'

export type Checked = {
  servers: Servers
  environment: ConsumerEnvironment
  emulatorUrl: string
  /** Of the endpoint as a function. */
  endpointUrl: string
  visitors: Visitors
  /** When it began. */
  now: number
  signal: AbortSignal
}

const consumers = ['aggregator', 'anomaly-detector', 'archiver']
const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** Cold starts of three functions on a busy machine, several times over. */
const timeoutMs = 60_000
const furtherVisitors = 6
/** Of the aggregator (app.ts), and a little. */
const saveIntervalMs = 1100
/** What is handled is noted at once; what was not saved with it has to wait for the next round. */
const noteWithinMs = 5000

/** @param env settings of the deployment and where its stores are; this process goes by them from here on */
export function environmentOf(env: NodeJS.ProcessEnv): ConsumerEnvironment {
  for (const name of Object.keys(process.env)) if (/^(AWS|RETRACE)_/.test(name)) delete process.env[name]
  Object.assign(process.env, env)
  return consumerEnvironment(process.env)
}

export async function addSites({ servers, signal }: Pick<Checked, 'servers' | 'signal'>): Promise<void> {
  for (const site of Object.values(sites))
    await servers.api('/api/sites', { site, name: site, origins: [], timeZone: 'UTC', queryParams: [], strict: false })
  const snippet = await fetch(`${servers.ingestUrl}/retrace.js`, { signal })
  if (!snippet.ok) throw new Error(`the endpoint answers ${snippet.status} to /retrace.js`)
}

/**
 * Before all others: the detector judges what lies behind the first minute that it sees. And by itself: what comes with
 * others in a record, MiniStack's Firehose refuses (warehouse.ts).
 */
export async function archivesHistory({ environment, now, signal }: Checked): Promise<void> {
  await sendHistory(environment, now)
  await until('Firehose got the history', () => gotAll(environment, historyEvents), { timeoutMs, signal })
}

/** Firehose writes the event of a visitor as Parquet, in the folder of its site and day. */
export async function deliversToWarehouse({ environment, visitors, now, signal }: Checked): Promise<void> {
  await visitors.come()
  const check = async () => {
    const { delivered } = await readWarehouse(environment)
    const found = delivered.find(({ row }) => row.site === sites.visited)
    if (found === undefined) return false
    const folder = `warehouse/site=${sites.visited}/dt=${new Date(now).toISOString().slice(0, 10)}/`
    // MiniStack goes on with the hour, since the prefix names no time of its own.
    if (!`${found.folder}/`.startsWith(folder)) throw new Error(`it lies in ${found.folder}, not in ${folder}`)
    if (found.row.type !== 'pageview') throw new Error(`it holds ${JSON.stringify(found.row)}`)
    return true
  }
  await until('Firehose delivered the event', check, { timeoutMs, signal })
}

export async function sendEvents({ visitors }: Checked): Promise<void> {
  await Promise.all(Array.from({ length: furtherVisitors }, () => visitors.come()))
  await visitors.click()
  await visitors.repeat()
}

/** The aggregator counts each event once, and the dashboard says so. */
export async function counts({ servers, visitors, now, signal }: Checked): Promise<void> {
  const check = async () => {
    const summary = await servers.api<Record<string, unknown>>(`/api/sites/${sites.visited}/summary?${around(now)}`)
    const differing = Object.entries(visitors.expected).filter(([name, value]) => summary[name] !== value)
    if (differing.length > 0)
      throw new Error(
        `it shows ${differing.map(([name, value]) => `${name} ${summary[name]}, not ${value}`).join(', ')}`,
      )
    return true
  }
  await until('the dashboard shows every event once', check, { timeoutMs, signal })
}

/** What an endpoint acknowledged while Kinesis was away comes from the overflow, by the function that its schedule calls. */
export async function redrives(checked: Checked): Promise<void> {
  const { servers, visitors } = checked
  await visitors.come(await servers.startCutOff())
  const answer = await call('Redriver', checked)
  if ((answer as { refused?: boolean }).refused !== false) throw new Error(`it answers ${JSON.stringify(answer)}`)
  await counts(checked)
}

/** The endpoint as a function takes what its URL is asked for, which MiniStack has below its own address. */
export async function takesByUrl(checked: Checked): Promise<void> {
  const { endpointUrl, emulatorUrl, visitors } = checked
  const [id] = new URL(endpointUrl).hostname.split('.')
  await visitors.come(`${emulatorUrl}/_aws/lambda-url/${id}`)
  await counts(checked)
}

/** The judge, called as its schedule does, makes an incident of the flood that the anomaly detector counted, and of nothing else. */
export async function detects(checked: Checked): Promise<void> {
  const { servers, now, signal } = checked
  type Anomaly = { at: string; end?: string; metric: string; observed: number }
  const flood = floodOf(now)
  const check = async () => {
    await call('AnomalyJudge', checked)
    const { anomalies } = await servers.api<{ anomalies: Anomaly[] }>(
      `/api/sites/${sites.flooded}/anomalies?${around(now)}`,
    )
    const [found, ...others] = anomalies
    if (!found) return false
    const [from, to] = [found.at, found.end].map((time) => Date.parse(time ?? ''))
    if (others.length > 0 || found.observed !== floodPageviews || from !== flood.from || to !== flood.to)
      throw new Error(`it shows ${JSON.stringify(anomalies)}`)
    return true
  }
  await until('the dashboard shows the flood', check, { timeoutMs, signal })
}

/**
 * All that was accepted is counted and archived, and the archive says the same as the cells. The aggregator saves a shard
 * with a batch that comes a second after its last save, so the visitors go on reading until it has.
 */
export async function balances(checked: Checked): Promise<void> {
  const { environment, visitors, now, signal } = checked
  const range = { from: now - 4 * hourMs, to: now + hourMs }
  let round = 1
  const check = async () => {
    await pause(saveIntervalMs, undefined, { signal })
    round += 1
    await visitors.read(round)
    await counts(checked)
    await awaitConsumers(environment, range, noteWithinMs)
    const result = await reconcile(environment, { range, now: Date.now() })
    const { notYet, ...account } = toJson(result)
    if (notYet !== 0) return false
    const accepted = visitors.accepted + historyEvents
    const { duplicates } = visitors
    if (
      !account.balanced ||
      account.accepted !== accepted ||
      account.archived !== accepted ||
      account.duplicate !== duplicates
    )
      throw new Error(`of ${accepted} events, ${duplicates} twice, the account is ${JSON.stringify(account)}`)
    return true
  }
  await until('every event is accounted for', check, { timeoutMs, signal })
}

/** The function that watches the ledger, called as its schedule does, finds what the history has in the hour that it looks at. */
export async function isWatched(checked: Checked): Promise<void> {
  const wanted = () => ({ accepted: historyEventsIn(checked.now, watchedHour(Date.now())), unaccounted: 0 })
  const before = wanted()
  const answer = await call('LedgerWatch', checked)
  // A minute may have gone by.
  if (![before, wanted()].some((expected) => isDeepStrictEqual(answer, expected)))
    throw new Error(`it answers ${JSON.stringify(answer)}`)
}

/** Every consumer says of itself that it is not behind, and Firehose got all that the archiver had. */
export async function isThrough({ servers, environment, visitors, signal }: Checked): Promise<void> {
  type Pipeline = { lag: { consumer: string; state: string; handledRecords: number }[] }
  const check = async () => {
    const { lag } = await servers.api<Pipeline>('/api/pipeline')
    const silent = consumers.filter(
      (name) => !lag.some(({ consumer, handledRecords }) => consumer === name && handledRecords > 0),
    )
    if (silent.length > 0) throw new Error(`nothing is heard of ${silent.join(', ')}`)
    return lag.every(({ state }) => state === 'fine')
  }
  await until('no consumer is behind', check, { timeoutMs, signal })
  const all = () => gotAll(environment, visitors.accepted + historyEvents)
  await until('Firehose got every event', all, { timeoutMs, signal })
}

async function gotAll(environment: ConsumerEnvironment, events: number): Promise<boolean> {
  const { delivered, refused } = await readWarehouse(environment)
  const got = delivered.length + refused
  if (got !== events) throw new Error(`it got ${got} events, not ${events}`)
  return true
}

/** Calls a function as its schedule does; one that runs already, by its schedule, refuses a second call. */
async function call(construct: string, { emulatorUrl, signal }: Checked): Promise<unknown> {
  const name = (await listFunctions(emulatorUrl)).find((candidate) => candidate.includes(construct))
  if (name === undefined) throw new Error(`there is no function ${construct}`)
  let answer: unknown
  const check = async () => {
    answer = await invoke(emulatorUrl, name, { source: 'aws.events', 'detail-type': 'Scheduled Event' })
    return true
  }
  await until(`${name} answers`, check, { timeoutMs, signal })
  return answer
}

function around(now: number): string {
  const day = 24 * hourMs
  return new URLSearchParams({
    from: new Date(now - day).toISOString(),
    to: new Date(now + day).toISOString(),
  }).toString()
}

/** A dashboard and a DynamoDB of its own, each a process as in `npm start`, with one site in it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { readSettings, type Settings } from '../../stream/settings.ts'
import { siteToItem } from '../../stream/site.ts'
import { makeTables, provision } from '../provision.ts'

export const token = 'bench-dashboard-token'

export type Stack = {
  /** Of the dashboard; another after a restart. */
  readonly address: string
  client: DynamoDBClient
  settings: Settings
  /** Of the dashboard's process and of the store's, so far. */
  cpuMs(): Promise<{ dashboard: number; store: number }>
  /** The dashboard anew, with nothing in its memory. */
  restartDashboard(): Promise<void>
  close(): Promise<void>
}

const root = join(import.meta.dirname, '../..')
/** Services say over the channel to their parent on which port they listen (stream/service.ts). */
type Ready = { port: number }

export type StackOptions = {
  site: string
  timeZone: string
  /** Where DynamoDB's data stays; without it, it goes with the stack. */
  kept?: string
  /** Whether S3 and Kinesis are there as well. */
  isWhole?: boolean
}

export async function startStack({ site, timeZone, kept, isWhole = false }: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-bench-'))
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' })
  const startStore = async (kind: 'dynamodb' | 's3' | 'kinesis', path = join(folder, kind)) => {
    await mkdir(path, { recursive: true })
    const started = await start('local/store.ts', [kind, path, '0'], process.env)
    process.env[`AWS_ENDPOINT_URL_${kind.toUpperCase()}`] = `http://127.0.0.1:${started.port}`
    return started
  }
  const store = await startStore('dynamodb', kept)
  const others = isWhole ? [await startStore('s3'), await startStore('kinesis')] : []
  const env = {
    ...process.env,
    RETRACE_ADMIN_TOKEN: token,
    RETRACE_DASHBOARD_PORT: '0',
    RETRACE_LOG_LEVEL: 'error',
    RETRACE_PORT: '0',
    RETRACE_FACTS_DIR: join(folder, 'facts'),
  }
  const settings = readSettings(env)
  const client = new DynamoDBClient({})
  await (isWhole ? provision(settings, Date.now()) : makeTables(settings, Date.now()))
  const item = siteToItem({
    site,
    name: site,
    origins: [],
    timeZone,
    queryParams: [],
    strict: false,
    network: false,
    createdAt: Date.now(),
  })
  await client.send(new PutItemCommand({ TableName: `${settings.RETRACE_TABLE_PREFIX}sites`, Item: item }))
  let dashboard = await start('dashboard/main.ts', [], env)
  return {
    get address() {
      return `http://127.0.0.1:${dashboard.port}`
    },
    client,
    settings,
    async cpuMs() {
      const [own, stores] = await Promise.all([cpuMsOf(dashboard.child), cpuMsOf(store.child)])
      return { dashboard: own, store: stores }
    },
    async restartDashboard() {
      await stop(dashboard.child)
      dashboard = await start('dashboard/main.ts', [], env)
    },
    async close() {
      client.destroy()
      await Promise.all([dashboard, store, ...others].map(({ child }) => stop(child)))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What Linux counts in hundredths of a second, in user and kernel (proc(5)). */
const tickMs = 10

/** Processor time of a process so far: it tells more than a clock on a machine that others use as well. */
async function cpuMsOf({ pid }: ChildProcess): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  // The second field, the name, may have spaces and ends with the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickMs
}

async function start(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ready & { child: ChildProcess }> {
  const child = fork(join(root, file), args, { env, cwd: root })
  const [ready] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${file} ended before it was ready`))),
  ])) as [Ready]
  return { ...ready, child }
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

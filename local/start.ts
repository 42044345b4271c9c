/** `npm start`: everything on one machine. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildDashboard } from '../dashboard/build.ts'
import { buildSnippet } from '../snippet/build.ts'
import { readSettings, type Settings, SettingsError } from '../stream/settings.ts'
import { UsageError } from './command.ts'
import { keptAdminToken, lockDataFolder, openDataFolder, StartError } from './data-folder.ts'
import { embeddedStores, startEmbeddedStores } from './embedded.ts'
import { provision } from './provision.ts'
import { type Running, removeRunning, writeRunning } from './running.ts'
import { asksForHelp, startHelp, unknownSettings } from './start-command.ts'
import { Supervisor } from './supervisor.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const say = (line: string) => console.log(line)

type PortSetting = 'RETRACE_INGEST_PORT' | 'RETRACE_DASHBOARD_PORT' | 'RETRACE_DEMO_PORT'
type ServiceSpec = { name: string; file: string; port?: PortSetting }

/** Who is told of a port starts after the one that listens on it: the dashboard of the endpoint's, the demo site of both. */
const startOrder: readonly (readonly ServiceSpec[])[] = [
  [
    { name: 'endpoint', file: 'ingest/main.ts', port: 'RETRACE_INGEST_PORT' },
    { name: 'redriver', file: 'ingest/redriver/main.ts' },
    { name: 'aggregator', file: 'consumers/aggregator/main.ts' },
    { name: 'archiver', file: 'consumers/archiver/main.ts' },
    { name: 'anomaly-detector', file: 'consumers/anomaly-detector/main.ts' },
    { name: 'replay', file: 'consumers/replay/main.ts' },
    { name: 'eraser', file: 'consumers/eraser/main.ts' },
    { name: 'reporter', file: 'dashboard/mailed-reports/main.ts' },
  ],
  [{ name: 'dashboard', file: 'dashboard/main.ts', port: 'RETRACE_DASHBOARD_PORT' }],
  [{ name: 'demo site', file: 'local/demo-site/main.ts', port: 'RETRACE_DEMO_PORT' }],
]

/** What depends on others stops before them: nothing in flight finds its store gone. */
const stopOrder = [
  ['demo site', 'endpoint'],
  ['redriver', 'aggregator', 'archiver', 'anomaly-detector', 'replay', 'eraser', 'reporter'],
  ['dashboard'],
  embeddedStores.map((store) => store.name),
] as const

type Ports = Record<PortSetting, number>

async function main(): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) return say(startHelp())
  for (const name of unknownSettings(process.env)) say(`${name} is no setting: npm start -- --help lists them all.`)
  const settings = readSettings(process.env)
  const folder = openDataFolder(settings.RETRACE_DATA_DIR)
  await lockDataFolder(folder)
  await checkPorts(settings)

  let running: Omit<Running, 'pids'> | undefined
  const supervisor: Supervisor = new Supervisor({
    root,
    logFolder: join(folder, 'logs'),
    say,
    onRestarted: () => running && writeRunning(folder, { ...running, pids: supervisor.pids }),
  })
  stopOnSignal(supervisor, folder)
  try {
    running = await startAll(supervisor, settings, folder)
    writeRunning(folder, { ...running, pids: supervisor.pids })
  } catch (error) {
    await stopAll(supervisor)
    throw error
  }
}

async function startAll(supervisor: Supervisor, settings: Settings, folder: string): Promise<Omit<Running, 'pids'>> {
  say('Starting Retrace …')
  const [aws] = await Promise.all([
    startEmbeddedStores(supervisor, folder, process.env),
    buildSnippet(),
    buildDashboard(),
  ])
  // From here on this process speaks to the stores as the others do.
  Object.assign(process.env, aws)
  await provision(settings, Date.now())

  const token = settings.RETRACE_ADMIN_TOKEN || keptAdminToken(folder)
  const env: NodeJS.ProcessEnv = {
    // All traffic of this machine, load tests too, comes from one address.
    RETRACE_CLIENT_REQUESTS_PER_SECOND: '0',
    // Whoever tries a webhook here has its receiver here.
    RETRACE_WEBHOOK_LOOPBACK: 'allowed',
    ...process.env,
    RETRACE_ADMIN_TOKEN: token,
    RETRACE_DATA_DIR: folder,
  }
  const ports = await startServices(supervisor, settings, env)

  const ingestUrl = `http://localhost:${ports.RETRACE_INGEST_PORT}`
  const dashboardUrl = `http://localhost:${ports.RETRACE_DASHBOARD_PORT}`
  const demoUrl = `http://localhost:${ports.RETRACE_DEMO_PORT}`
  say(`
  Retrace is running.

    Demo site   ${demoUrl}
    Dashboard   ${dashboardUrl}/sign-in?token=${token}
    Endpoint    ${ingestUrl}/v1/events

  Open the demo site and the dashboard side by side, and click around: the numbers follow within two seconds.
  Ctrl-C stops everything; the data stays in ${nameForPeople(folder)}.
`)
  const { RETRACE_ARCHIVE_SINK, RETRACE_FIREHOSE_STREAM } = settings
  return { ingestUrl, dashboardUrl, demoUrl, aws, archive: { RETRACE_ARCHIVE_SINK, RETRACE_FIREHOSE_STREAM } }
}

function nameForPeople(folder: string): string {
  const fromHere = relative(process.cwd(), folder)
  return fromHere === '' || fromHere.startsWith('..') ? folder : fromHere
}

function stopOnSignal(supervisor: Supervisor, folder: string): void {
  let stopping = false
  const stop = async () => {
    if (stopping) {
      say('Stopping at once.')
      supervisor.kill()
      process.exit(1)
    }
    stopping = true
    say('\nStopping: finishing what is under way (Ctrl-C again stops at once) …')
    removeRunning(folder)
    await stopAll(supervisor)
    say('Stopped. Everything is kept; npm start goes on from here.')
    process.exit(0)
  }
  process.on('SIGINT', () => void stop())
  process.on('SIGTERM', () => void stop())
}

async function stopAll(supervisor: Supervisor): Promise<void> {
  for (const names of stopOrder) await supervisor.stop(names)
}

/** @returns the ports on which they listen */
async function startServices(supervisor: Supervisor, settings: Settings, env: NodeJS.ProcessEnv): Promise<Ports> {
  const { RETRACE_INGEST_PORT, RETRACE_DASHBOARD_PORT, RETRACE_DEMO_PORT } = settings
  const ports: Ports = { RETRACE_INGEST_PORT, RETRACE_DASHBOARD_PORT, RETRACE_DEMO_PORT }
  const start = async ({ name, file, port: setting }: ServiceSpec) => {
    const listening = await supervisor.start({
      name,
      command: (port) => {
        const known = setting && port !== undefined ? { ...ports, [setting]: port } : ports
        const texts = Object.entries(known).map(([name, value]) => [name, String(value)])
        return { file, env: { ...env, ...Object.fromEntries(texts) } }
      },
    })
    if (setting && listening !== undefined) ports[setting] = listening
  }
  // For 0 the process itself takes a free port and tells it: one chosen here beforehand could be another's by then.
  const steps = Object.values(ports).includes(0) ? startOrder : [startOrder.flat()]
  for (const step of steps) await Promise.all(step.map(start))
  return ports
}

/** Finds a taken port before anything is started, and says how to choose another. */
async function checkPorts(settings: Settings): Promise<void> {
  for (const name of ['RETRACE_INGEST_PORT', 'RETRACE_DASHBOARD_PORT', 'RETRACE_DEMO_PORT'] as const)
    if (settings[name] !== 0) await checkPort(settings, name)
}

async function checkPort(settings: Settings, name: PortSetting): Promise<void> {
  const wanted = settings[name]
  const probe = createServer()
  try {
    probe.listen(wanted, settings.RETRACE_HOST)
    await once(probe, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${code})`
    throw new StartError(`Port ${wanted} ${reason}. Choose another: ${name}=${wanted + 1000} npm start`)
  }
  probe.close()
  await once(probe, 'close')
}

try {
  await main()
} catch (error) {
  const isMisused = error instanceof UsageError
  const isExpected = isMisused || error instanceof StartError || error instanceof SettingsError
  console.error(isExpected ? error.message : error)
  process.exit(isMisused ? 2 : 1)
}

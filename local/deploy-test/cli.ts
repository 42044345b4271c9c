/** `npm run test:deploy`: the stack of cdk/ on an emulator of AWS, from bootstrap to destroy. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildDashboard } from '../../dashboard/build.ts'
import { buildSnippet } from '../../snippet/build.ts'
import { runCommand } from '../command.ts'
import { lockDataFolder, openDataFolder } from '../data-folder.ts'
import { commandSettings } from '../running.ts'
import {
  addSites,
  archivesHistory,
  balances,
  type Checked,
  counts,
  deliversToWarehouse,
  detects,
  environmentOf,
  isThrough,
  isWatched,
  redrives,
  sendEvents,
  takesByUrl,
} from './checks.ts'
import { listFunctions, readSecret } from './emulated.ts'
import { type MiniStack, startMiniStack } from './ministack.ts'
import { help, parseDeployTestCommand } from './options.ts'
import { MissingError, preparePython } from './python.ts'
import { type Servers, startServers } from './servers.ts'
import { Steps } from './steps.ts'
import { createToolkit, stackName } from './toolkit.ts'
import { Visitors } from './visitors.ts'

const missingExitCode = 3
const interruptedExitCode = 130

runCommand(help, async () => {
  const command = parseDeployTestCommand(process.argv.slice(2))
  if (command.kind === 'help') {
    console.log(help)
    return
  }
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!interrupted.signal.aborted) console.error('\nStopping what was started …')
      interrupted.abort(new Error('It was interrupted.'))
    })
  const steps = new Steps()
  try {
    const events = await tryDeployment(command, steps, interrupted.signal)
    console.log(`The stack was deployed, did its work and was destroyed, in ${steps.total()} s.`)
    if (command.json) console.log(JSON.stringify({ ok: true, seconds: steps.seconds, events }))
  } catch (error) {
    if (interrupted.signal.aborted) process.exit(interruptedExitCode)
    const { message } = error as Error
    console.error(`${steps.current === undefined ? '' : `${steps.current}: `}${message}`)
    if (command.json) console.log(JSON.stringify({ ok: false, seconds: steps.seconds, failed: steps.current, message }))
    process.exit(error instanceof MissingError ? missingExitCode : 1)
  }
})

/** @returns how many events of visitors went through it */
async function tryDeployment(
  { port, keep }: { port: number; keep: boolean },
  steps: Steps,
  signal: AbortSignal,
): Promise<number> {
  const folder = openDataFolder(join(commandSettings().RETRACE_DATA_DIR, 'deploy-test'))
  await lockDataFolder(folder)
  const logs = join(folder, 'logs')
  const state = join(folder, 'state')
  await rm(state, { recursive: true, force: true })
  await mkdir(state)
  const toolkit = createToolkit(state, logs, signal)
  let emulator: MiniStack | undefined
  let servers: Servers | undefined
  try {
    const stack = await steps.run('Starts the emulator', async () => {
      const python = await preparePython(join(folder, 'python'), logs, signal)
      const log = join(logs, 'ministack.log')
      emulator = await startMiniStack({ python, port, folder: state, log, signal })
      return emulator
    })
    const outputs = await steps.run('Bootstraps, deploys', () => toolkit.deploy(stack.env))
    const checked = await steps.run('Starts endpoint and dashboard', async (): Promise<Checked> => {
      await Promise.all([buildSnippet(), buildDashboard()])
      const token = await readSecret(stack.url, `${outputs.AdminTokenSecret}`)
      const env = { ...stack.env, ...settingsIn(`${outputs.CommandSettings}`), RETRACE_ADMIN_TOKEN: token }
      servers = await startServers(env, logs, (line) => console.error(line))
      await addSites({ servers, signal })
      const now = Date.now()
      return {
        servers,
        environment: environmentOf(env),
        emulatorUrl: stack.url,
        endpointUrl: `${outputs.EndpointUrl}`,
        visitors: new Visitors(servers.ingestUrl, now),
        now,
        signal,
      }
    })
    await steps.run('The archiver archives history', () => archivesHistory(checked))
    await steps.run('Firehose delivers', () => deliversToWarehouse(checked))
    await steps.run('Sends events', () => sendEvents(checked))
    await steps.run('The aggregator counts', () => counts(checked))
    await steps.run('The detector finds the flood', () => detects(checked))
    await steps.run('The endpoint as a function takes events', () => takesByUrl(checked))
    await steps.run('The redriver empties the overflow', () => redrives(checked))
    await steps.run('The archive balances', () => balances(checked))
    await steps.run('The ledger is watched', () => isWatched(checked))
    await steps.run('Everything is through', () => isThrough(checked))
    if (keep) await waitForEnd(checked.servers, stack, signal)
    await steps.run('Destroys', async () => {
      await toolkit.destroy(stack.env)
      const left = (await listFunctions(stack.url)).filter((name) => name.startsWith(stackName))
      if (left.length > 0) throw new Error(`functions are left: ${left.join(', ')}`)
    })
    await steps.run('What was counted stays', () => counts(checked))
    return checked.visitors.accepted
  } finally {
    await servers?.stop()
    await emulator?.stop()
  }
}

/** @param text `NAME=value NAME=value`, as the output of the stack has it */
function settingsIn(text: string): Record<string, string> {
  return Object.fromEntries(text.split(' ').map((pair) => pair.split('=', 2)))
}

async function waitForEnd(
  { ingestUrl, dashboardUrl }: Servers,
  { url }: MiniStack,
  signal: AbortSignal,
): Promise<void> {
  console.error(`
  Left running until Ctrl-C:

    Dashboard   ${dashboardUrl}/sign-in?token=${encodeURIComponent(`${process.env.RETRACE_ADMIN_TOKEN}`)}
    Endpoint    ${ingestUrl}/v1/events
    Emulator    AWS_ENDPOINT_URL=${url}
`)
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

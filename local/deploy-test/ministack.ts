/** MiniStack, an emulator of AWS, on 127.0.0.1 and in this process's keeping: it ends when this process does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { until } from './until.ts'

export const region = 'us-east-1'
export type MiniStack = {
  url: string
  /** For whoever speaks to it, the CDK and our processes: their variables, and nothing that leads to AWS. */
  env: NodeJS.ProcessEnv
  stop: () => Promise<void>
}

export type MiniStackOptions = {
  /** The interpreter that it is installed for. */
  python: string
  /** 0: a free one. */
  port: number
  /** Everything that it keeps, temporary files too. */
  folder: string
  log: string
  signal: AbortSignal
}

const readyWithinMs = 60_000
const stopWithinMs = 5000

/** @throws when the port is taken, or it does not come up */
export async function startMiniStack({ python, port, folder, log, signal }: MiniStackOptions): Promise<MiniStack> {
  await mkdir(folder, { recursive: true })
  // What it runs functions with is CommonJS; a folder in this repository would make it ECMAScript modules.
  await writeFile(join(folder, 'package.json'), '{}')
  const chosen = await choosePort(port)
  const url = `http://127.0.0.1:${chosen}`
  const clean = withoutAws(process.env)
  const child = spawn(python, [join(import.meta.dirname, 'emulator.py')], {
    env: {
      ...clean,
      GATEWAY_PORT: String(chosen),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
      // Functions run as processes here, with the Node that runs this, instead of in Docker.
      LAMBDA_EXECUTOR: 'local',
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
      S3_DATA_DIR: join(folder, 's3'),
      STATE_DIR: folder,
      TMPDIR: folder,
    },
    // Its end is ours to say: a Ctrl-C at the terminal would reach it before what depends on it has stopped.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const file = createWriteStream(log)
  for (const output of [child.stdout, child.stderr]) output.pipe(file, { end: false })
  child.once('error', (error) => file.write(`${error}\n`))
  // A pipe to one that has ended is no fault of ours.
  child.stdin.on('error', () => {})
  const stop = () => end(child)
  try {
    await until(
      `MiniStack answers at ${url}`,
      async () => {
        if (hasEnded(child)) throw new Error(`it ended at once; its log: ${log}`)
        return (await fetch(`${url}/_ministack/ready`)).ok
      },
      { timeoutMs: readyWithinMs, signal, giveUp: () => hasEnded(child) },
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { url, env: { ...clean, ...accessTo(url, folder) }, stop }
}

/** Its own signal handling takes seconds; nothing of it is kept. */
async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const gone = once(child, 'exit')
  child.stdin?.end()
  const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  await gone
  clearTimeout(late)
}

const hasEnded = ({ exitCode, signalCode, pid }: ChildProcess) =>
  exitCode !== null || signalCode !== null || pid === undefined

/** @throws when the port cannot be listened on */
async function choosePort(wanted: number): Promise<number> {
  const probe = createServer()
  probe.listen(wanted, '127.0.0.1')
  await once(probe, 'listening').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`
    throw new Error(`Port ${wanted} ${reason}. Choose another with --port.`)
  })
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = Object.entries(env).filter(([name]) => !/^(AWS|CDK|RETRACE)_|_proxy$/i.test(name))
  return Object.fromEntries(ours)
}

function accessTo(url: string, folder: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Files that are not there: a profile of the account's owner must not come in.
    AWS_CONFIG_FILE: join(folder, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
    // Nothing is reported to AWS.
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  }
}

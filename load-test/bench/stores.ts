/** The embedded AWS-compatible servers for one run, as processes on a temporary folder, with stream, tables and site. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, runToEnd, type ServerProcess, startServer } from './server-process.ts'

export type Stores = {
  /** The environment in which our processes find the stores, and nothing else of the caller's AWS settings. */
  env: NodeJS.ProcessEnv
  stop(): Promise<void>
}

const kinds = ['kinesis', 'dynamodb', 's3'] as const
/** Stream, tables, bucket and site, as `npm start` makes them; a process, since load-test/ imports nothing of local/. */
const provisionScript = `
  const { provision } = await import('./local/provision.ts')
  const { readSettings } = await import('./stream/settings.ts')
  await provision(readSettings(process.env), Date.now())`

/** s3rver encrypts the tokens of long listings with a cipher that OpenSSL 3 counts as legacy. */
const s3Options = '--openssl-legacy-provider'

/** Makes what the settings in `env` name, where it is not there yet. */
export function provision(env: NodeJS.ProcessEnv): Promise<void> {
  return runToEnd(['--input-type=module', '--eval', provisionScript], env)
}

export async function startStores(core: number | undefined): Promise<Stores> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-bench-'))
  const started: ServerProcess[] = []
  const stop = async () => {
    await Promise.all(started.map((store) => store.stop()))
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    const env = storeEnvironment()
    for (const kind of kinds) {
      await mkdir(join(folder, kind))
      const store = await startServer(
        new URL('../../local/store.ts', import.meta.url),
        [kind, join(folder, kind), '0'],
        { env: { ...env, ...(kind === 's3' && { NODE_OPTIONS: s3Options }) }, core },
      )
      started.push(store)
      env[`AWS_ENDPOINT_URL_${kind.toUpperCase()}`] = `http://127.0.0.1:${store.port}`
    }
    await provision(env)
    // The endpoint hands out the snippet, and does not start without it.
    if (!existsSync(join(root, 'dist/retrace.d.mts'))) await runToEnd(['snippet/build.ts'], env)
    return { env, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What the SDK needs to know, and no endpoint, key or profile of somebody's account. */
function storeEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  return {
    ...Object.fromEntries(own),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'embedded',
    AWS_SECRET_ACCESS_KEY: 'embedded',
    // s3rver would store the chunk framing of streamed checksums as part of the object.
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
    RETRACE_HOST: '127.0.0.1',
    RETRACE_INGEST_PORT: '0',
    // All of it comes from one address to one site: limits that nothing reaches, yet every request is counted.
    RETRACE_CLIENT_REQUESTS_PER_SECOND: '1000000',
    RETRACE_SITE_REQUESTS_PER_SECOND: '1000000',
  }
}

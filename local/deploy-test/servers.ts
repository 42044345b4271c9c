/** Endpoint and dashboard on this machine, against what was deployed. */
import { join } from 'node:path'
import { Supervisor } from '../supervisor.ts'

export type Servers = {
  ingestUrl: string
  dashboardUrl: string
  /** Starts another endpoint, for which Kinesis is away; its address. */
  startCutOff: () => Promise<string>
  /** Asks the dashboard as its administrator. */
  api: <T>(path: string, body?: unknown) => Promise<T>
  stop: () => Promise<void>
}

const root = join(import.meta.dirname, '../..')
const requestMs = 30_000
/** Nobody listens there: port 1 belongs to a service that no machine runs any more. */
const away = { AWS_ENDPOINT_URL_KINESIS: 'http://127.0.0.1:1', RETRACE_KINESIS_PATIENCE_MS: '0' }

/**
 * @param env settings of the deployment, with its admin token
 * @param say told of a process that died and is started again
 */
export async function startServers(
  env: NodeJS.ProcessEnv,
  logFolder: string,
  say: (line: string) => void,
): Promise<Servers> {
  const supervisor = new Supervisor({ root, logFolder, say, onRestarted: () => {} })
  const names = ['endpoint', 'dashboard', 'cut-off endpoint']
  const stop = () => supervisor.stop(names)
  const start = (name: string, file: string, more: NodeJS.ProcessEnv = {}) =>
    supervisor.start({
      name,
      command: () => ({ file, env: { ...env, ...more, RETRACE_INGEST_PORT: '0', RETRACE_DASHBOARD_PORT: '0' } }),
    })
  try {
    const [ingestPort, dashboardPort] = await Promise.all([
      start('endpoint', 'ingest/main.ts'),
      start('dashboard', 'dashboard/main.ts'),
    ])
    const dashboardUrl = `http://127.0.0.1:${dashboardPort}`
    return {
      ingestUrl: `http://127.0.0.1:${ingestPort}`,
      dashboardUrl,
      startCutOff: async () => `http://127.0.0.1:${await start('cut-off endpoint', 'ingest/main.ts', away)}`,
      async api<T>(path: string, body?: unknown) {
        const headers = { authorization: `Bearer ${env.RETRACE_ADMIN_TOKEN}`, 'content-type': 'application/json' }
        const answer = await fetch(`${dashboardUrl}${path}`, {
          headers,
          signal: AbortSignal.timeout(requestMs),
          ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
        })
        if (!answer.ok) throw new Error(`the dashboard answers ${answer.status} to ${path}: ${await answer.text()}`)
        return (await answer.json()) as T
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

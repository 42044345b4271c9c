/**
 * An ingestion endpoint of our own, beside the one that the supervisor keeps: started again at once and on the same
 * port, where the supervisor would wait longer with every death.
 */
import type { Retrace } from './retrace.ts'
import { startService } from './service-process.ts'
import type { Victim } from './victim.ts'

export async function startEndpoint({ env }: Pick<Retrace, 'env'>): Promise<Victim> {
  const start = (port: number) =>
    startService('endpoint', 'ingest/main.ts', {
      ...env,
      RETRACE_INGEST_PORT: String(port),
      RETRACE_LOG_LEVEL: 'error',
    })
  let endpoint = await start(0)
  const { port } = endpoint
  return {
    ingestUrl: `http://127.0.0.1:${port}`,
    crash: () => endpoint.exit(),
    kill: (signal) => endpoint.kill(signal),
    async restart() {
      endpoint = await start(port)
    },
    async stop() {
      if (!endpoint.exit()) await endpoint.kill('SIGTERM')
    },
  }
}

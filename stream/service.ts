/**
 * How each of our processes starts and stops, and what it tells the one that started it (local/supervisor.ts, or
 * nobody in a container). The process object is handed in: this file holds the agreement, not the effects.
 *
 *     start() ──▶ { ready } over IPC ──▶ running ──SIGTERM, or the parent is gone──▶ stop() ──▶ exit 0
 *        └─ fails: { failed }, exit 1                                    └─ longer than drainMs: exit 1
 */
import { setTimeout as sleep } from 'node:timers/promises'

export type ServiceMessage = { ready: true; port?: number } | { failed: string }

export type Service = {
  /** Resolves when the service does its work; with its port if it listens. */
  start: () => Promise<{ port?: number }>
  /** Resolves when everything begun is finished. */
  stop: () => Promise<void>
  /** Longest time that `stop` may take. */
  drainMs: number
  onFault: (error: unknown) => void
}

/**
 * A service that does rounds of work, a pause after each, until it is told to stop.
 *
 * @param round answers how long the pause is, in milliseconds; tells of its own faults, and throws none
 */
export function roundsService({
  round,
  ...service
}: Pick<Service, 'drainMs' | 'onFault'> & { round: (signal: AbortSignal) => Promise<number> }): Service {
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await round(signal)
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
    }
  }

  return {
    ...service,
    async start() {
      running = run()
      return {}
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** Two services in one process: one that ends or fails takes the other with it. */
export function together(first: Service, second: Service): Service {
  return {
    ...first,
    async start() {
      const started = await first.start()
      await second.start()
      return started
    },
    async stop() {
      await Promise.all([first.stop(), second.stop()])
    },
  }
}

type Host = Pick<NodeJS.Process, 'on' | 'exit' | 'connected' | 'stderr'> & { send?: NodeJS.Process['send'] }

/**
 * @param host the process
 * @param compose makes the service: reads settings, builds clients; what it throws is told like a failed start
 */
export async function runService(host: Host, compose: () => Promise<Service>): Promise<void> {
  const isChild = host.connected
  const tell = (message: ServiceMessage) => host.connected && host.send?.(message)
  try {
    const service = await compose()
    const stop = stopOnSignal(host, service)
    // It was not heard that the parent is gone, and would not be again.
    if (isChild && !host.connected) return stop()
    const { port } = await service.start()
    tell({ ready: true, ...(port !== undefined && { port }) })
  } catch (error) {
    host.stderr.write(`${explain(error)}\n`)
    tell({ failed: explain(error) })
    host.exit(1)
  }
}

/** @returns what stops it, once */
function stopOnSignal(host: Host, service: Service): () => void {
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    setTimeout(() => host.exit(1), service.drainMs).unref()
    service.stop().then(
      () => host.exit(0),
      (error: unknown) => {
        service.onFault(error)
        host.exit(1)
      },
    )
  }
  host.on('SIGTERM', stop)
  // Ctrl-C reaches every process of a terminal; under a supervisor it is the supervisor's to stop us, in order.
  host.on('SIGINT', host.connected ? () => {} : stop)
  host.on('disconnect', stop)
  return stop
}

/** What a person can do something about, in one line. */
export function explain(error: unknown): string {
  const { code, port, message } = error as { code?: string; port?: number; message?: string }
  if (code === 'EADDRINUSE') return `port ${port} is taken by another program`
  if (code === 'EACCES' && port !== undefined) return `port ${port} may not be used by this account`
  return message || String(error)
}

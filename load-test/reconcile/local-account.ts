/** The account of a load test against the Retrace that runs on this machine's data folder, if it is that one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings } from '../../stream/settings.ts'
import type { EventSet } from './event-set.ts'
import { type Reconciliation, reconcile } from './reconcile.ts'
import { createStoreClients } from './stores.ts'

/**
 * @param url the endpoint that the load went to
 * @returns undefined when its stores cannot be known from here: it runs elsewhere
 */
export async function accountHere(url: URL, acknowledged: EventSet): Promise<Reconciliation | undefined> {
  const settings = readSettings(process.env)
  const aws = findStores(settings.RETRACE_DATA_DIR, url)
  if (!aws) return undefined
  return reconcile({
    acknowledged,
    clients: createStoreClients({ ...process.env, ...aws }),
    stream: settings.RETRACE_STREAM,
    bucket: settings.RETRACE_BUCKET,
  })
}

function findStores(folder: string, url: URL): Record<string, string> | undefined {
  try {
    const running = JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8')) as {
      ingestUrl: string
      aws: Record<string, string>
    }
    return new URL(running.ingestUrl).port === url.port ? running.aws : undefined
  } catch {
    return undefined
  }
}

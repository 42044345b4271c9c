/** The account of a load test against the Retrace that runs on this machine's data folder, if it is that one. */
import { readSettings } from '../../stream/settings.ts'
import { findRunningHere } from '../running-here.ts'
import type { EventSet } from './event-set.ts'
import { type Reconciliation, reconcile } from './reconcile.ts'
import { createStoreClients } from './stores.ts'

/**
 * @param url the endpoint that the load went to
 * @returns undefined when its stores cannot be known from here: it runs elsewhere
 */
export async function accountHere(url: URL, acknowledged: EventSet): Promise<Reconciliation | undefined> {
  const settings = readSettings(process.env)
  const running = findRunningHere(url)
  if (!running) return undefined
  return reconcile({
    acknowledged,
    clients: createStoreClients({ ...process.env, ...running.aws }),
    stream: settings.RETRACE_STREAM,
    bucket: settings.RETRACE_BUCKET,
  })
}

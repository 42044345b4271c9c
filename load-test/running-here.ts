/** The Retrace that runs on this machine's data folder, if it is the one that the load goes to. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings } from '../stream/settings.ts'

export type RunningHere = {
  dashboardUrl: string
  /** Where its stores are: the AWS SDK's own variables. */
  aws: Record<string, string>
  /** The administrator's; empty when it is not known. */
  token: string
}

/**
 * @param url the endpoint
 * @returns undefined when nothing can be known of it from here: it runs elsewhere
 */
export function findRunningHere(url: URL): RunningHere | undefined {
  const { RETRACE_DATA_DIR: folder, RETRACE_ADMIN_TOKEN: token } = readSettings(process.env)
  try {
    const running = JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8')) as {
      ingestUrl: string
      dashboardUrl: string
      aws: Record<string, string>
    }
    if (new URL(running.ingestUrl).port !== url.port) return undefined
    return { dashboardUrl: running.dashboardUrl, aws: running.aws, token: token || keptToken(folder) }
  } catch {
    return undefined
  }
}

/** A token of the settings is not kept: then this process must have it too. */
function keptToken(folder: string): string {
  try {
    return readFileSync(join(folder, 'admin-token'), 'utf8').trim()
  } catch {
    return ''
  }
}

/**
 * What a running Retrace tells the commands beside it (import, sites, …): `running.json` in the data folder, there
 * from ready to stop.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSettings, type Settings } from '../stream/settings.ts'

export type Running = {
  ingestUrl: string
  dashboardUrl: string
  demoUrl: string
  /** Process ids, by name. */
  pids: Record<string, number>
  /** Where the stores are: the AWS SDK's own variables. */
  aws: Record<string, string>
  /** Where the archive is: our settings, as the archiver has them. */
  archive: Record<string, string>
}

const fileName = 'running.json'

export function writeRunning(folder: string, running: Running): void {
  const file = join(folder, fileName)
  writeFileSync(`${file}.new`, `${JSON.stringify(running, null, 2)}\n`)
  // Whoever reads it meanwhile sees the old or the new.
  renameSync(`${file}.new`, file)
}

export function removeRunning(folder: string): void {
  rmSync(join(folder, fileName), { force: true })
}

/** The Retrace that a command should speak to: the one that runs on the data folder, else the ports of the settings. */
export function findRunning(settings: Settings): Pick<Running, 'ingestUrl' | 'dashboardUrl'> {
  return (
    readRunning(settings) ?? {
      ingestUrl: `http://localhost:${settings.RETRACE_INGEST_PORT}`,
      dashboardUrl: `http://localhost:${settings.RETRACE_DASHBOARD_PORT}`,
    }
  )
}

/**
 * Points the AWS SDK of this process at the stores of the Retrace that runs on the data folder, and its settings at the
 * archive; without one, they are where the variables say.
 *
 * @throws when nothing says where they are
 */
export function useRunningStores(settings: Settings, env: NodeJS.ProcessEnv): void {
  const running = readRunning(settings)
  if (running) Object.assign(env, running.aws, running.archive)
  else if (!env.AWS_REGION && !env.AWS_PROFILE)
    throw new Error('Retrace does not run here (npm start), and AWS_REGION does not say where it does.')
}

function readRunning(settings: Settings): Running | undefined {
  try {
    return JSON.parse(readFileSync(join(settings.RETRACE_DATA_DIR, fileName), 'utf8')) as Running
  } catch {
    return undefined
  }
}

/** The administrator's token: as set, else as kept in the data folder; undefined when there is neither. */
export function findAdminToken(settings: Settings): string | undefined {
  if (settings.RETRACE_ADMIN_TOKEN) return settings.RETRACE_ADMIN_TOKEN
  try {
    return readFileSync(join(settings.RETRACE_DATA_DIR, 'admin-token'), 'utf8').trim()
  } catch {
    return undefined
  }
}

/** Settings for a command: what cannot be used ends it with one line. */
export function commandSettings(): Settings {
  try {
    return readSettings(process.env)
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}

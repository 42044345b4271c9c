/** The folder that everything is kept in: made, checked and held by one start at a time. */
import { hash, randomBytes } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Something the person at the terminal can mend: its message is all they need to see. */
export class StartError extends Error {}

/** @returns the absolute path of a folder that can be written */
export function openDataFolder(path: string): string {
  const folder = resolve(path)
  try {
    mkdirSync(join(folder, 'logs'), { recursive: true })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return realpathSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'it is not a folder' : `it cannot be written (${code})`
    throw new StartError(`The data folder ${folder} cannot be used: ${reason}. Choose another with RETRACE_DATA_DIR.`)
  }
}

/**
 * Holds the folder until this process ends, however it ends: the lock is a listening socket, which the system takes
 * away with its process, so that no stale lock is ever left behind.
 */
export async function lockDataFolder(folder: string): Promise<void> {
  const name = `retrace-${hash('sha256', folder, 'hex').slice(0, 16)}`
  // Linux has names that belong to no file; elsewhere a file in the temporary folder, or a pipe, does.
  const address =
    process.platform === 'linux'
      ? `\0${name}`
      : process.platform === 'win32'
        ? `\\\\.\\pipe\\${name}`
        : join(tmpdir(), `${name}.sock`)
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((held, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      failed(
        error.code === 'EADDRINUSE'
          ? new StartError(
              `Retrace is already running on ${folder}. Stop it first, or choose another RETRACE_DATA_DIR.`,
            )
          : error,
      )
    })
    server.listen(address, held)
  })
  server.unref()
}

/** The administrator's token: made on the first start, kept for the next ones, readable by its owner alone. */
export function keptAdminToken(folder: string): string {
  const file = join(folder, 'admin-token')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    const token = randomBytes(24).toString('base64url')
    writeFileSync(file, `${token}\n`, { mode: 0o600 })
    return token
  }
}

/** The emulator's Python environment: made once in a folder, and again when the requirements are others. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'

/** What the machine lacks: nothing is wrong with the stack. */
export class MissingError extends Error {}

const requirements = join(import.meta.dirname, 'requirements.txt')
/** Written last, with the requirements: an environment without it is half made. */
const markName = 'retrace-requirements.txt'

/**
 * @param folder of the environment; made if need be
 * @param logs folder for what is printed
 * @returns the interpreter of the environment
 * @throws MissingError without Python 3.10 or PyPI
 */
export async function preparePython(folder: string, logs: string, signal: AbortSignal): Promise<string> {
  const path = process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')
  const wanted = await readFile(requirements, 'utf8')
  const mark = join(folder, markName)
  const common = { env: process.env, log: join(logs, 'python.log'), signal }
  const works = () => run({ ...common, command: path, args: ['-c', 'import ministack'], timeoutMs: 30_000 })
  if ((await readFile(mark, 'utf8').catch(() => undefined)) === wanted) {
    // The Python that it was made with may have been taken away since.
    const found = await works().then(
      () => true,
      () => false,
    )
    signal.throwIfAborted()
    if (found) return path
  }
  await rm(folder, { recursive: true, force: true })
  const python = await findPython(common)
  await run({ ...common, command: python, args: ['-m', 'venv', folder], timeoutMs: 120_000 }).catch((error: Error) => {
    signal.throwIfAborted()
    throw new MissingError(
      `Python cannot make a virtual environment (on Debian: apt install python3-venv): ${error.message}`,
    )
  })
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary', ':all:', '-r', requirements]
  await run({ ...common, command: path, args: install, timeoutMs: 300_000 }).catch((error: Error) => {
    signal.throwIfAborted()
    throw new MissingError(`MiniStack cannot be installed from PyPI: ${error.message}`)
  })
  await writeFile(mark, wanted)
  return path
}

async function findPython(common: Omit<Parameters<typeof run>[0], 'command' | 'args' | 'timeoutMs'>): Promise<string> {
  const isRecent = 'import sys; sys.exit(sys.version_info < (3, 10))'
  for (const command of ['python3', 'python']) {
    try {
      await run({ ...common, command, args: ['-c', isRecent], timeoutMs: 30_000 })
      return command
    } catch {
      common.signal.throwIfAborted()
    }
  }
  throw new MissingError('Python 3.10 or later is needed, and python3 is none: install it, or put it into PATH.')
}

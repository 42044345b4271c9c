/**
 * A browser for tests that needs nothing but `npm ci`: Chromium's headless shell from the npm package
 * `@sparticuz/chromium`, with that package's fonts, and with its shared libraries where the system has none.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createBrotliDecompress } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'
import { extract } from 'tar-fs'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

/** The sandbox needs rights that containers rarely have; what is opened here are pages of our own. */
const commonArgs = [
  '--no-sandbox',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--font-render-hinting=none',
]

/**
 * @returns a running browser; its owner closes it
 * @throws when the package has no binary for this machine and `CHROMIUM_PATH` names no other
 */
export async function launchBrowser(more: string[] = []): Promise<Browser> {
  return chromium.launch({ ...(await findBrowser()), args: [...commonArgs, ...more] })
}

/**
 * Opens a page in a browser that nobody drives, for pages that drive themselves: under a driver Chromium renders none
 * ahead of time, pages can tell (`navigator.webdriver`), and requests cost them more, since they are reported.
 *
 * @param more arguments of the browser's command line
 * @returns `profile`: the folder in which the browser keeps what it knows
 */
export async function openUndriven(
  url: string,
  more: string[] = [],
): Promise<{ profile: string; close: () => Promise<void> }> {
  const { executablePath, env } = await findBrowser()
  const profile = await mkdtemp(join(tmpdir(), 'retrace-test-'))
  // Without a window Chromium takes itself for automated, which it is not here.
  const undriven = ['--headless', '--disable-blink-features=AutomationControlled']
  const args = [...commonArgs, ...undriven, `--user-data-dir=${profile}`, ...more, url]
  const child = spawn(executablePath, args, { env, stdio: 'ignore' })
  return {
    profile,
    async close() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Where it is, and the environment that it starts in. */
async function findBrowser(): Promise<{ executablePath: string; env: Record<string, string> }> {
  const { CHROMIUM_PATH: own } = process.env
  if (own) return { executablePath: own, env: process.env as Record<string, string> }
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      'the packaged Chromium is for Linux on x64: set CHROMIUM_PATH to a Chromium or Chrome of this machine',
    )
  const folder = await unpackOnce()
  const executablePath = join(folder, 'chromium')
  return { executablePath, env: await environment(folder, executablePath) }
}

/**
 * The package's files, unpacked into node_modules/.cache (200 MB, 2 s). Several test workers may come here at once:
 * each unpacks into a folder of its own, the first to rename it wins, and the others use the winner's.
 */
async function unpackOnce(): Promise<string> {
  const packageFolder = join(dirname(require.resolve('@sparticuz/chromium')), '..')
  const { version } = require(join(packageFolder, 'package.json')) as { version: string }
  const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))
  const folder = join(cache, `chromium-${version}`)
  if (existsSync(folder)) return folder

  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(`${folder}.unfinished-`)
  try {
    const packed = (name: string) => createReadStream(join(packageFolder, 'bin', name))
    await Promise.all([
      pipeline(
        packed('chromium.br'),
        createBrotliDecompress(),
        createWriteStream(join(unfinished, 'chromium'), { mode: 0o755 }),
      ),
      pipeline(packed('al2023.tar.br'), createBrotliDecompress(), extract(join(unfinished, 'libraries'))),
      pipeline(packed('fonts.tar.br'), createBrotliDecompress(), extract(join(unfinished, 'fonts'))),
    ])
    await writeFile(join(unfinished, 'fonts', 'fonts.conf'), fontConfig(join(folder, 'fonts')))
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** The package's own file points to where it would lie on AWS Lambda. The system's fonts come first if there are any. */
const fontConfig = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}</dir>
  <cachedir>${join(folder, 'cache')}</cachedir>
</fontconfig>
`

/**
 * The environment in which the binary starts. The package's libraries (NSS, NSPR, expat) are built for one
 * distribution, so they are only put before the system's when the binary cannot be loaded without them.
 */
async function environment(folder: string, executablePath: string): Promise<Record<string, string>> {
  const plain = { ...process.env, FONTCONFIG_FILE: join(folder, 'fonts', 'fonts.conf') } as Record<string, string>
  const libraries = join(folder, 'libraries', 'lib')
  const withLibraries = { ...plain, LD_LIBRARY_PATH: [libraries, plain.LD_LIBRARY_PATH].filter(Boolean).join(':') }
  return (await loads(executablePath, plain)) ? plain : withLibraries
}

async function loads(executablePath: string, env: Record<string, string>): Promise<boolean> {
  try {
    await run(executablePath, ['--version'], { env, timeout: 20_000 })
    return true
  } catch {
    return false
  }
}

/**
 * The stack as CloudFormation makes it, on an emulator of AWS (`npm run test:deploy`), and the command itself. Skipped
 * where Python or PyPI is missing, with what is missing.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from './support/eventually.ts'
import { makeDataFolder, removeDataFolder, root, run, runToEnd } from './support/retrace.ts'

const command = 'local/deploy-test/cli.ts'
const missingExitCode = 3

let folder: string
beforeAll(async () => {
  folder = await makeDataFolder()
})
afterAll(() => removeDataFolder(folder))

/** Without a data folder of its own it finds the Python environment of an earlier run. */
test('the deployed functions count, archive and detect what is sent, Firehose delivers, and all of it can be destroyed', async ({
  skip,
}) => {
  const { code, output } = await runToEnd(command, ['--json'], process.env)
  if (code === missingExitCode) skip(output)
  expect(output).toContain('"ok":true')
  expect(code).toBe(0)
}, 300_000)

test('without Python it says what is missing', async () => {
  const { code, output } = await runToEnd(command, [], { ...process.env, PATH: '', RETRACE_DATA_DIR: folder })
  expect(output).toContain('Python 3.10 or later is needed')
  expect(code).toBe(missingExitCode)
}, 60_000)

test('without PyPI it says so', async ({ skip }) => {
  const offline = { PIP_INDEX_URL: 'http://127.0.0.1:9/simple', PIP_RETRIES: '0' }
  const { code, output } = await runToEnd(command, [], { ...process.env, ...offline, RETRACE_DATA_DIR: folder })
  if (!output.includes('PyPI')) skip(output)
  expect(output).toContain('MiniStack cannot be installed from PyPI')
  expect(code).toBe(missingExitCode)
}, 120_000)

test('a wrong option is told with the usage', async () => {
  for (const [args, sentence] of [
    [['--port', 'x'], '--port must be a port number'],
    [['--ports', '1'], '--ports'],
  ] as const) {
    const { code, output } = await runToEnd(command, [...args], { ...process.env, RETRACE_DATA_DIR: folder })
    expect(output).toContain(sentence)
    expect(output).toContain('npm run test:deploy --')
    expect(code).toBe(2)
  }
})

/** Processes of this checkout's runs, by their command lines. */
const running = () =>
  execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(join(root, '.retrace', 'deploy-test')) || line.includes(join(root, command)))

test.for(['SIGINT', 'SIGKILL'] as const)('%s leaves nothing behind', { timeout: 240_000 }, async (signal, { skip }) => {
  const port = await freePort()
  const child = run(command, ['--port', String(port)], process.env)
  const ended = once(child.process, 'exit')
  const answers = () => fetch(`http://127.0.0.1:${port}/_ministack/ready`).then(({ ok }) => ok)
  await eventually(() => child.process.exitCode !== null || answers(), { timeoutMs: 120_000 })
  if (child.process.exitCode === missingExitCode) skip(child.output())
  child.process.kill(signal)
  expect(await ended).toEqual(signal === 'SIGINT' ? [130, null] : [null, 'SIGKILL'])
  if (signal === 'SIGINT') expect(running()).toEqual([])
  // Nobody told them: they end when they notice, at the latest when their work is done.
  else await eventually(() => running().length === 0, { timeoutMs: 60_000, everyMs: 200 })
  await expect(answers()).rejects.toThrow('fetch failed')
})

test('a port that is taken is told before anything is deployed', async ({ skip }) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { code, output } = await runToEnd(command, ['--port', String(port)], process.env)
  server.close()
  if (code === missingExitCode) skip(output)
  expect(output).toContain(`Port ${port} is taken by another program. Choose another with --port.`)
  expect(code).toBe(1)
}, 120_000)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

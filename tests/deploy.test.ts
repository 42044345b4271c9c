/**
 * The stack as CloudFormation makes it, on an emulator of AWS (`npm run test:deploy`), and the command itself. Skipped
 * where Python or PyPI is missing, with what is missing.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder, removeDataFolder, runToEnd } from './support/retrace.ts'

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

/** Every command of package.json that is ours says what is wrong with how it was called, and does nothing then. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  scripts: Record<string, string>
}
const commands = Object.entries(scripts).flatMap(([name, script]) => {
  const file = /^node (?:--\S+ )*(\S+\.ts)$/.exec(script)?.[1]
  return file ? [{ name, file }] : []
})

describe('a command that is called wrongly', () => {
  it.concurrent.each(commands)('$name', async ({ file }) => {
    const ended = await promisify(execFile)(process.execPath, [file, '--no-such-option'], { cwd: root }).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    const [problem = ''] = (ended as { stderr: string }).stderr.split('\n', 1)
    expect(problem).toContain('--no-such-option')
  })
})

/** What a process of ours does when whoever started it is gone. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrace-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A service that stays alive by itself, and is composed for a while during which nothing else is heard. */
async function startedBy(composeMs: number) {
  const program = join(folder, `${composeMs}.ts`)
  const service = fileURLToPath(new URL('../stream/service.ts', import.meta.url))
  await writeFile(
    program,
    `import { runService } from ${JSON.stringify(service)}
     setInterval(() => {}, 1000)
     process.send('begun')
     await runService(process, async () => {
       await new Promise((resolve) => setTimeout(resolve, ${composeMs}))
       return { start: async () => ({}), stop: async () => {}, drainMs: 1000, onFault: console.error }
     })`,
  )
  const child = fork(program, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const [message] = await once(child, 'message')
  expect(message).toBe('begun')
  return { child, exited }
}

describe('a process whose parent is gone', () => {
  it('stops when it runs', async () => {
    const { child, exited } = await startedBy(0)
    expect(await once(child, 'message')).toMatchObject([{ ready: true }, undefined])
    child.disconnect()
    expect(await exited).toEqual([0, null])
  })

  it('stops when that happened before it had begun', async () => {
    const { child, exited } = await startedBy(500)
    child.disconnect()
    expect(await exited).toEqual([0, null])
  })
})

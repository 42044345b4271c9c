/** What all of the benchmark's questions have in common: of which site, in a process of its own, and what it took. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Condition, parseCondition } from '../../dashboard/query/conditions.ts'
import { type Period, parsePeriod } from '../../dashboard/query/period.ts'

export const site = 'shop'
export const timeoutMs = 120_000
/** What a panel shows first; of countries the second, for there is one. */
export const lists = ['page', 'referrer', 'country', 'browser', 'target', 'event'] as const

/** What a process is told that answers from facts in a folder. */
export type FactsTask = {
  folder: string
  /** Days, the last one included. */
  from: string
  to: string
  rounds: number
  memoryMb: number
  timeoutMs: number
}

/** @param file of this folder: a process that gives a task to `answerTask` */
export async function askProcess<Task extends FactsTask, Result>(file: string, task: Task): Promise<Result> {
  const child = fork(join(import.meta.dirname, file))
  child.send(task)
  const [answer] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error('the process that answers ended')
    }),
  ])
  return answer as Result
}

/** In the process: answers one task, and ends. */
export function answerTask<Task extends FactsTask>(measure: (task: Task) => Promise<object>): void {
  process.once('message', (task: Task) => {
    measure(task).then(
      (result) => process.send?.(result, () => process.exit()),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
}

export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.parquet')).map((name) => join(folder, name))
}

export function periodOf({ from, to }: FactsTask): Period {
  const parsed = parsePeriod({ from, to, interval: 'day' }, { timeZone: 'UTC' }, Date.now())
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.period
}

/** @throws when one is none: a question without its filters would be another one */
export function conditionsOf(filters: readonly string[]): Condition[] {
  return filters.map((text) => {
    const parsed = parseCondition(text)
    if (!parsed.ok) throw new Error(parsed.message)
    return parsed.condition
  })
}

/** @returns milliseconds */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** The most that a process has taken, as Linux counts (proc(5)). */
export async function mostMemoryMb(pid: number | 'self' = 'self'): Promise<number> {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1024)
}

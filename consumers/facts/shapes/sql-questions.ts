/**
 * Questions in SQL that come from outside, each in a process of its own (docs/decisions/0032-questions-in-sql.md): DuckDB's bound of memory
 * does not hold for all that a function can be made to allocate, and not everything can be interrupted. The process has no
 * environment, is ended by whoever started it, and takes nothing but itself with it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import {
  type FromQuestion,
  QuestionError,
  type QuestionErrorCode,
  type QuestionFormat,
  type QuestionLimits,
  type QuestionTask,
  type SqlTable,
} from '../question/question.ts'

export { QuestionError, type QuestionErrorCode }

/** Facts of one site: days' folders, and what counts of them. */
export type SqlQuestion = Pick<QuestionTask, 'sql' | 'files' | 'from' | 'to'>
export type SqlFile = { rowCount: number; bytes: number; content: Readable }

export type SqlQuestions = {
  /**
   * @param maxRows what is beyond is left out
   * @throws QuestionError
   */
  ask(question: SqlQuestion, maxRows: number, signal: AbortSignal): Promise<SqlTable>
  /**
   * The whole answer as a file, which is nowhere when its content was read or destroyed.
   *
   * @throws QuestionError `too_large` for one with more than a million rows or 128 MiB
   */
  download(question: SqlQuestion, format: Exclude<QuestionFormat, 'rows'>, signal: AbortSignal): Promise<SqlFile>
}

const main = fileURLToPath(new URL('../question/main.ts', import.meta.url))
const megabyte = 1024 * 1024
/** Of an answer that is looked at. */
const maxShownBytes = 4 * megabyte
const maxFileRows = 1_000_000
const maxFileBytes = 128 * megabyte
const threads = 2
/** What V8 reserves for code while it starts, of which it gives most back: with less it does not start. */
const reservedMb = 640
const heapMb = 96
/** Until the process has loaded DuckDB and looked at the question, on a machine that has other things to do. */
const startMs = 30_000
/** For what cannot be interrupted. */
const graceMs = 2000
const filePrefix = 'asking-'
const oldMs = 3_600_000

/**
 * In POSIX's own units. Where the system knows no such bound there is DuckDB's; of all processes this one is to end first, where memory ends.
 */
const bounded = `
  (echo 1000 > /proc/self/oom_score_adj) 2> /dev/null
  ulimit -d "$1" 2> /dev/null
  ulimit -f "$2" 2> /dev/null
  ulimit -c 0 2> /dev/null
  shift 2
  exec "$@"`

/** @param folder of facts, where files are made */
export function createSqlQuestions(
  folder: string,
  { memoryMb, timeoutMs }: Pick<QuestionLimits, 'memoryMb' | 'timeoutMs'>,
): SqlQuestions {
  void sweep(folder).catch(() => {})

  function begin(maxBytes: number): ChildProcess {
    const dataKb = (memoryMb + reservedMb) * 1024
    const node = [process.execPath, `--max-old-space-size=${heapMb}`, main]
    return spawn('/bin/sh', ['-c', bounded, 'sh', String(dataKb), String(Math.ceil(maxBytes / 512)), ...node], {
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
  }

  async function run(task: QuestionTask, signal: AbortSignal): Promise<SqlTable> {
    const child = begin(task.path === undefined ? 0 : task.limits.maxBytes)
    try {
      return await until(child, task, signal)
    } finally {
      child.kill('SIGKILL')
    }
  }

  return {
    ask(question, maxRows, signal) {
      const limits = { timeoutMs, memoryMb, threads, maxRows, maxBytes: maxShownBytes }
      return run({ ...question, format: 'rows', path: undefined, limits }, signal)
    },
    async download(question, format, signal) {
      const limits = { timeoutMs, memoryMb, threads, maxRows: maxFileRows, maxBytes: maxFileBytes }
      const place = await mkdtemp(join(folder, filePrefix))
      try {
        const path = join(place, `answer.${format}`)
        const { rowCount } = await run({ ...question, format, path, limits }, signal)
        const file = await open(path)
        return { rowCount, bytes: (await file.stat()).size, content: file.createReadStream() }
      } finally {
        // What is open can be read to its end.
        await rm(place, { recursive: true, force: true })
      }
    },
  }
}

/** What a process left that was killed meanwhile. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(filePrefix) && Date.now() - (await stat(join(folder, name))).mtimeMs > oldMs)
      await rm(join(folder, name), { recursive: true, force: true })
}

function until(child: ChildProcess, task: QuestionTask, signal: AbortSignal): Promise<SqlTable> {
  const { timeoutMs } = task.limits
  const seconds = timeoutMs / 1000
  const late = () =>
    new QuestionError('too_slow', `This takes longer than ${seconds} seconds: ask for fewer days, or less.`)
  const { promise, resolve, reject } = Promise.withResolvers<SqlTable>()
  let timer = setTimeout(() => reject(late()), startMs)
  const cancel = () => reject(new QuestionError('cancelled', 'Nobody waits for this any more.'))
  child.on('message', (message: FromQuestion) => {
    if (message.kind === 'begun') {
      clearTimeout(timer)
      timer = setTimeout(() => reject(late()), timeoutMs + graceMs)
    } else if (message.kind === 'done') resolve(message.table)
    else reject(new QuestionError(message.code, message.message, message.place))
  })
  child.on('error', reject)
  child.on('exit', () =>
    reject(
      new QuestionError(
        'ended',
        'This ended the process that was to answer it: it needs more memory than it may have, most likely.',
      ),
    ),
  )
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  else child.send(task, (error) => error && reject(error))
  return promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
  })
}

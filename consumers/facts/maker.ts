/** Starts the processes that make facts: one at a time, away from the event loop of whoever answers people meanwhile. */
import { type ChildProcess, fork } from 'node:child_process'
import { fromMessage, ReplayError } from '../replay/worker-messages.ts'
import type { FromMaker, MakeTask } from './make-task.ts'

/** How far a task is, in events of the archive that were read. */
export type Making = { done: number; expected: number }

type Job = Making & { finished: Promise<void>; askedAt: number; stop(): void }

/** Facts that nobody has asked about for so long are not made to the end: whoever waited has gone. */
const patienceMs = 15_000
const lookEveryMs = 2000

export class Maker {
  readonly #env: NodeJS.ProcessEnv
  /** By site: what was begun for it is ended before anything else is begun for it. */
  readonly #jobs = new Map<string, Job>()
  #last: Promise<unknown> = Promise.resolve()

  /** @param env with our settings and those of the AWS SDK */
  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env
  }

  /** What is being made for a site, which whoever asks is taken to wait for. */
  find(site: string): Making | undefined {
    const job = this.#jobs.get(site)
    if (job) job.askedAt = performance.now()
    return job && { done: Math.min(job.done, job.expected), expected: job.expected }
  }

  /**
   * @param expected events of the archive that are to be read
   * @returns when it is made; at once when something is being made for the site
   * @throws ReplayError of the process: `object_corrupt`, `abandoned` when nobody waited any more, …
   */
  make(task: MakeTask, expected: number): Promise<void> {
    const running = this.#jobs.get(task.site)
    if (running) return running.finished
    const aborted = Promise.withResolvers<never>()
    aborted.promise.catch(() => {})
    const stop = () => aborted.reject(new ReplayError('abandoned', 'nobody waits for these facts any more'))
    const job: Job = { done: 0, expected, askedAt: performance.now(), stop, finished: Promise.resolve() }
    const watch = setInterval(() => {
      if (performance.now() - job.askedAt > patienceMs) stop()
    }, lookEveryMs)
    watch.unref()
    job.finished = Promise.race([this.#inTurn(() => this.#run(task, job, aborted.promise)), aborted.promise]).finally(
      () => {
        clearInterval(watch)
        this.#jobs.delete(task.site)
      },
    )
    this.#jobs.set(task.site, job)
    return job.finished
  }

  /** Ends what is under way. */
  close(): void {
    for (const job of this.#jobs.values()) job.stop()
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => {})
    return turn
  }

  async #run(task: MakeTask, job: Job, aborted: Promise<never>): Promise<void> {
    // Who stopped waiting while others had their turn.
    if (!this.#jobs.has(task.site)) return
    const child = fork(new URL('./main.ts', import.meta.url), { env: this.#env, execArgv: [] })
    try {
      await Promise.race([until(child, task, job), aborted])
    } finally {
      child.kill('SIGKILL')
    }
  }
}

function until(child: ChildProcess, task: MakeTask, job: Job): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: FromMaker) => {
      if (message.kind === 'events') job.done += message.events
      else if (message.kind === 'done') resolve()
      else reject(fromMessage(message.error))
    })
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      reject(new ReplayError('worker_ended', `the process that makes facts ended (${signal ?? code})`)),
    )
    child.send(task)
  })
}

/**
 * A run of a replay as its generation's record knows it. Whoever took the generation last runs it: an earlier run finds
 * itself overtaken within seconds, stops, and leaves the record alone. A run that says nothing any more is dead.
 */
import type { GenerationStore } from './shapes/generation-store.ts'
import type { GenerationChange, GenerationRecord } from './shapes/generations.ts'
import { ReplayError } from './worker-messages.ts'

/** How often the record says that the run is alive, and how far it has come: also while it waits or compares. */
const beatMs = 2000

export class GenerationRun {
  readonly record: GenerationRecord
  readonly #store: GenerationStore
  readonly #stop = new AbortController()
  #progress = { events: 0, expectedEvents: null as number | null }
  #beating: Promise<void>
  #timer: NodeJS.Timeout | undefined

  /**
   * Takes a generation that was asked for, or goes on with one.
   *
   * @param record as it was seen
   * @throws ReplayError `not_taken` when somebody else has taken it since, or it is not to be run
   */
  static async take(store: GenerationStore, record: GenerationRecord, now: number): Promise<GenerationRun> {
    const transition = record.state === 'requested' ? 'claim' : 'resume'
    // How an earlier run ended is over with it.
    const anew = { startedAt: now, finishedAt: undefined, error: undefined }
    const taken = await store.change(record.id, transition, anew, record)
    if (taken.outcome === 'changed') return new GenerationRun(store, taken.generation)
    const why =
      taken.outcome === 'unknown'
        ? 'there is no such generation'
        : taken.outcome === 'overtaken'
          ? 'another run has just taken it'
          : `it is ${taken.state}`
    throw new ReplayError('not_taken', `${record.id} cannot be replayed: ${why}`)
  }

  private constructor(store: GenerationStore, record: GenerationRecord) {
    this.#store = store
    this.record = record
    this.#beating = this.#beat()
  }

  /** Aborted, with the reason, when the run is not this one's any more. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** How far it has come; told with the next beat. */
  advance(events: number, expectedEvents: number | undefined): void {
    this.#progress = { events, expectedEvents: expectedEvents ?? null }
  }

  /** Notes what this run has found out. */
  async note(change: GenerationChange): Promise<void> {
    await this.#change('progress', change)
  }

  /** @throws ReplayError when another run has taken the generation */
  async finish(change: GenerationChange): Promise<void> {
    await this.#ended()
    await this.#change('finish', change)
  }

  /** Notes why it failed, unless another run goes on. */
  async fail(error: Error, now: number): Promise<void> {
    await this.#ended()
    if (this.signal.aborted) return
    await this.#store.change(this.record.id, 'fail', { finishedAt: now, error: error.message }, this.record)
  }

  async #ended(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#beating
    clearTimeout(this.#timer)
  }

  async #beat(): Promise<void> {
    // That it cannot be told for a moment ends nothing: in a minute somebody else may take it.
    await this.#change('progress', { progress: { ...this.#progress, at: Date.now() } }).catch(() => {})
    if (this.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat()
    }, beatMs)
  }

  async #change(transition: 'progress' | 'finish', change: GenerationChange): Promise<void> {
    const { outcome } = await this.#store.change(this.record.id, transition, change, this.record)
    if (outcome === 'changed') return
    const error = new ReplayError('overtaken', `another run goes on with ${this.record.id}, or it was dropped`)
    this.#stop.abort(error)
    throw error
  }
}

/** The arrival segments as a consumer that runs knows them: from cuts that were read a moment ago. */
import { inStore } from '../runtime/faults.ts'
import { type CutStore, maxCutAgeMs } from './cuts.ts'
import { type SegmentOf, segmentsOf } from './shapes/segments.ts'

/** One for a process: its shards share what was read. */
export class KnownSegments {
  readonly #cuts: Pick<CutStore, 'load'>
  readonly #now: () => number
  #known: { revision: number; readAt: number; segmentOf: SegmentOf } | undefined
  #reading: Promise<SegmentOf> | undefined

  constructor(cuts: Pick<CutStore, 'load'>, now: () => number) {
    this.#cuts = cuts
    this.#now = now
  }

  /**
   * For records that have arrived by now.
   *
   * @throws StoreFault when what is known is too old and cannot be read again
   */
  async current(): Promise<SegmentOf> {
    const ageMs = this.#now() - (this.#known?.readAt ?? Number.NEGATIVE_INFINITY)
    // A clock that was set back says nothing of how old this is.
    if (this.#known && ageMs >= 0 && ageMs < maxCutAgeMs) return this.#known.segmentOf
    this.#reading ??= inStore(() => this.#read()).finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read(): Promise<SegmentOf> {
    // What is read may be as old as the question.
    const readAt = this.#now()
    const { revision, cuts } = await this.#cuts.load()
    const segmentOf = this.#known?.revision === revision ? this.#known.segmentOf : segmentsOf(cuts)
    this.#known = { revision, readAt, segmentOf }
    return segmentOf
  }
}

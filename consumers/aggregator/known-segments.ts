/** The arrival segments as a consumer that runs knows them, with their rules: from cuts that were read a moment ago. */
import { inStore } from '../runtime/faults.ts'
import { type CutStore, maxCutAgeMs } from './cuts.ts'
import { type RuleStore, rulesNamedIn } from './rules/rule-store.ts'
import { usualRules } from './rules/rules.ts'
import { type Cut, type SegmentOf, segmentsOf } from './shapes/segments.ts'

/** One for a process: its shards share what was read. */
export class KnownSegments {
  readonly #cuts: Pick<CutStore, 'load'>
  readonly #rules: Pick<RuleStore, 'get'>
  readonly #now: () => number
  #known: { revision: number; readAt: number; segmentOf: SegmentOf } | undefined
  #reading: Promise<SegmentOf> | undefined

  constructor(cuts: Pick<CutStore, 'load'>, rules: Pick<RuleStore, 'get'>, now: () => number) {
    this.#cuts = cuts
    this.#rules = rules
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
    const segmentOf =
      this.#known?.revision === revision ? this.#known.segmentOf : await segmentsWithRules(cuts, this.#rules)
    this.#known = { revision, readAt, segmentOf }
    return segmentOf
  }
}

/** The segments between cuts, each with the rules that the last cut before it names. */
export async function segmentsWithRules(cuts: readonly Cut[], rules: Pick<RuleStore, 'get'>): Promise<SegmentOf> {
  const named = await rulesNamedIn(cuts, (version) => rules.get(version))
  return segmentsOf(cuts, (version) => (version === undefined ? undefined : named.get(version)) ?? usualRules)
}

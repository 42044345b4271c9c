/**
 * Whether consumers have saved all that came into a stream before a time. What they report of themselves does not tell
 * (runtime/shapes/lag.ts): where Lambda hosts them nobody reports while a shard is silent, and it may be silent for days.
 * So the shard itself is asked what comes next after a consumer's last save.
 */
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { Checkpoints } from '../runtime/checkpoints.ts'
import type { ShardCursor, ShardReader } from '../runtime/shard-reader.ts'

/** What was asked of a shard after a consumer's save, and what it answered so far. */
type Question = { after: SequenceNumber | undefined; cursor: ShardCursor; answer: 'saved' | 'owed' | undefined }

export class SavedAll {
  readonly #checkpoints: Pick<Checkpoints, 'find'>
  readonly #reader: Pick<ShardReader, 'listShards' | 'open'>
  readonly #consumers: readonly string[]
  readonly #time: number
  /** By consumer and shard. */
  readonly #questions = new Map<string, Question>()

  /** @param time when nothing that comes later is asked about; it lies in the past when somebody looks: epoch milliseconds */
  constructor(
    stores: { checkpoints: Pick<Checkpoints, 'find'>; reader: Pick<ShardReader, 'listShards' | 'open'> },
    consumers: readonly string[],
    time: number,
  ) {
    this.#checkpoints = stores.checkpoints
    this.#reader = stores.reader
    this.#consumers = consumers
    this.#time = time
  }

  /** To be asked again until it is so. A shard is read once for every save, not every time. */
  async look(): Promise<boolean> {
    for (const { shardId } of await this.#reader.listShards())
      for (const consumer of this.#consumers) if (!(await this.#hasSaved(consumer, shardId))) return false
    return true
  }

  async #hasSaved(consumer: string, shardId: string): Promise<boolean> {
    const place = `${consumer} ${shardId}`
    const last = this.#questions.get(place)
    if (last?.answer === 'saved') return true
    const after = (await this.#checkpoints.find(consumer, shardId))?.sequence
    const question =
      last && last.after === after
        ? last
        : { after, cursor: this.#reader.open(shardId, after), answer: undefined as Question['answer'] }
    this.#questions.set(place, question)
    question.answer ??= await this.#ask(question.cursor)
    return question.answer === 'saved'
  }

  /** @returns undefined when Kinesis has not come to the next record yet */
  async #ask(cursor: ShardCursor): Promise<Question['answer']> {
    const { records, ended, millisBehind } = await cursor.read(1)
    const [next] = records
    if (next) return next.arrivedAt < this.#time ? 'owed' : 'saved'
    return ended || millisBehind === 0 ? 'saved' : undefined
  }
}

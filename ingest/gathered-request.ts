/**
 * Requests whose bodies go straight to who asked for them. As a stream, a body is queued, announced in a later turn, and ended
 * in one after that; nearly all of ours are here whole with their headers, and are read in that very moment
 * (docs/decisions/0039-bodies-past-the-stream.md).
 */
import { IncomingMessage } from 'node:http'

/** @param chunk null at the end */
export type Take = (chunk: Buffer | null) => void

export class GatheredRequest extends IncomingMessage {
  #take: Take | undefined
  #ended = false

  /**
   * From now on what comes goes to `take` and no more into the stream, whose `end` and `error` are told as ever.
   *
   * @returns false when some of it is in the stream already, as behind a hook that waited for something: nothing is changed then
   */
  gather(take: Take): boolean {
    if (this.complete || this.readableLength > 0) return false
    this.#take = take
    // Says that somebody reads.
    this._read(0)
    return true
  }

  /** Called by Node's parser with what it found. @returns whether it may go on reading */
  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    if (!this.#take) return super.push(chunk, encoding)
    if (chunk === null) this.#ended = true
    this.#take(chunk)
    if (chunk === null) this.emit('end')
    return true
  }

  /** Of what has ended Node lets go; what has not, when its connection ends, was broken off. */
  // @ts-expect-error declared as a property, it is a getter (https://nodejs.org/api/stream.html#readablereadableended)
  override get readableEnded(): boolean {
    return this.#ended || Reflect.get(IncomingMessage.prototype, 'readableEnded', this)
  }
}

/** A process's output on disk, bounded: past the limit the file becomes `.1`, and the one before that goes. */
import { appendFileSync, renameSync, statSync } from 'node:fs'

/** Two of these a process: enough to see what happened, little enough to forget about. */
const maxBytes = 8 * 1024 * 1024

export class LogFile {
  readonly #path: string
  #bytes: number

  constructor(path: string) {
    this.#path = path
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  }

  write(chunk: Buffer): void {
    if (this.#bytes > maxBytes) {
      renameSync(this.#path, `${this.#path}.1`)
      this.#bytes = 0
    }
    appendFileSync(this.#path, chunk)
    this.#bytes += chunk.length
  }
}

/** One page that watches: a stream of server-sent events (WHATWG HTML, section 9.2). */
import { PassThrough } from 'node:stream'
import type { LiveEventName } from '../answers.ts'

/** What a connection may leave unread. A page that falls so far behind is cut off, and comes again by itself. */
const maxUnreadBytes = 1024 * 1024
/** Proxies close connections that are silent for a minute or less. */
const heartbeatMs = 15_000

export type LiveEvent = { name: LiveEventName; json: string }

export class Viewer {
  /** What is sent to the browser. It closes when the browser leaves. */
  readonly stream = new PassThrough()
  readonly #heartbeat = setInterval(() => this.#write(': still here\n\n'), heartbeatMs)

  /** @param onLeave called once, when the connection is over for whatever reason */
  constructor(onLeave: () => void) {
    this.stream.on('close', () => {
      clearInterval(this.#heartbeat)
      onLeave()
    })
    // A connection that breaks is a viewer who left.
    this.stream.on('error', () => this.stream.destroy())
  }

  send(events: Iterable<LiveEvent>): void {
    let text = ''
    for (const { name, json } of events) text += `event: ${name}\ndata: ${json}\n\n`
    if (text !== '') this.#write(text)
  }

  end(): void {
    clearInterval(this.#heartbeat)
    this.stream.end()
  }

  #write(text: string): void {
    if (this.stream.writableEnded || this.stream.destroyed) return
    if (this.stream.writableLength + this.stream.readableLength > maxUnreadBytes) this.stream.destroy()
    else this.stream.write(text)
  }
}

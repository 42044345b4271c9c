/**
 * A lean HTTP/1.1 client: ready-made requests over kept connections, one at a time on each. node:http would take more
 * processor time for a request than the servers that are measured.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** @param status of the answer; 0 when the connection broke */
export type Done = (status: number) => void

type Connection = { socket: Socket; pending: Done | undefined; received: string }

export class Connections {
  readonly #port: number
  /** All connections take turns, as many visitors would: the longest idle one is next. */
  readonly #idle: Connection[] = []
  readonly #open = new Set<Connection>()
  #closing = false

  private constructor(port: number) {
    this.#port = port
  }

  static async open(port: number, count: number): Promise<Connections> {
    const connections = new Connections(port)
    for (let opened = 0; opened < count; opened += 1) await connections.#connect()
    return connections
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0
  }

  /** @returns false when every connection waits for an answer */
  send(request: Buffer, done: Done): boolean {
    const connection = this.#idle.shift()
    if (!connection) return false
    connection.pending = done
    connection.socket.write(request)
    return true
  }

  close(): void {
    this.#closing = true
    for (const { socket } of this.#open) socket.destroy()
  }

  async #connect(): Promise<void> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    const connection: Connection = { socket, pending: undefined, received: '' }
    socket.on('data', (chunk) => this.#onData(connection, chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => this.#onClose(connection))
    this.#open.add(connection)
    await once(socket, 'connect')
    this.#idle.push(connection)
  }

  #onData(connection: Connection, chunk: Buffer): void {
    // Nobody asked: the server says that it closes a connection which was quiet for too long (408).
    if (!connection.pending) return
    connection.received += chunk.toString('latin1')
    if (!isWhole(connection.received)) return
    // "HTTP/1.1 202 Accepted"
    const status = Number(connection.received.slice(9, 12))
    const { pending } = connection
    connection.received = ''
    connection.pending = undefined
    this.#idle.push(connection)
    pending?.(status)
  }

  #onClose(connection: Connection): void {
    this.#open.delete(connection)
    const index = this.#idle.indexOf(connection)
    if (index !== -1) this.#idle.splice(index, 1)
    connection.pending?.(0)
    if (!this.#closing) this.#connect().catch(() => undefined)
  }
}

/** The answers compared here have a length or, at 204, no body; none is chunked. */
function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n')
  if (headEnd === -1) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1]
  return answer.length >= headEnd + 4 + Number(length ?? 0)
}

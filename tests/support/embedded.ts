/** Embedded servers in the process of a test file: how they start to listen, and how they end. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const unanswered = new WeakMap<Server, number>()

/** @returns the port of 127.0.0.1 that the system chose */
export function listen(server: Server): Promise<number> {
  const add = (count: number) => unanswered.set(server, (unanswered.get(server) ?? 0) + count)
  server.on('request', (_request, response) => {
    add(1)
    response.once('close', () => add(-1))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/**
 * Once it has answered whatever it was asked, for a second at most: a store that closes its database under a request
 * throws where no test catches it. Clients are destroyed afterwards, since they would leave their requests unanswered.
 */
export async function close(server: Server): Promise<void> {
  // A page that was closed leaves questions behind whose next step comes a moment after the last.
  for (let quiet = 0, waited = 0; quiet < 3 && waited < 100; waited += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    quiet = unanswered.get(server) ? 0 : quiet + 1
  }
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

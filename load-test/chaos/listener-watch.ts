/** Whether a port still takes connections: asked by making them. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type ListenerWatch = {
  /** The latest moment at which the port was certainly open (the clock of performance.now). */
  readonly openAt: number
  /** Resolves when the watching has ended: by itself at the first refusal. */
  stop(): Promise<void>
}

const everyMs = 2

/** @param url of something that listens now */
export function watchListener(url: string): ListenerWatch {
  const { hostname, port } = new URL(url)
  let openAt = performance.now()
  let stopped = false
  const watching = (async () => {
    while (!stopped) {
      const askedAt = performance.now()
      if (!(await takesConnection(hostname, Number(port)))) return
      openAt = askedAt
      await sleep(everyMs)
    }
  })()
  return {
    get openAt() {
      return openAt
    },
    stop() {
      stopped = true
      return watching
    },
  }
}

function takesConnection(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

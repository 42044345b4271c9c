/**
 * The DevTools protocol (https://chromedevtools.github.io/devtools-protocol/), to a browser that nobody drives, with
 * nothing switched on but what a test asks for. A driver has requests and scripts reported to it, and the page's thread
 * pays for that: a `fetch` takes several times as long.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openUndriven } from './browser.ts'
import { eventually } from './eventually.ts'

type Answer = { id?: number; method?: string; result?: unknown; params?: unknown; error?: { message: string } }

export type DevToolsPage = {
  /** @throws what the browser answers in place of a result */
  send: <Result = unknown>(method: string, params?: object) => Promise<Result>
  /** What the browser said by itself: called for each of these events. */
  on: (method: string, take: (params: unknown) => void) => void
  close: () => Promise<void>
}

/** Opens a page, the only one of a browser of its own, and a line to it. */
export async function openDevToolsPage(url: string): Promise<DevToolsPage> {
  const browser = await openUndriven(url, ['--remote-debugging-port=0'])
  // The browser writes the port into its profile once it listens.
  const port = await eventually(
    async () => (await readFile(join(browser.profile, 'DevToolsActivePort'), 'utf8')).split('\n')[0],
  )
  const { webSocketDebuggerUrl } = await eventually(async () => {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      type: string
      webSocketDebuggerUrl: string
    }[]
    return targets.find(({ type }) => type === 'page')
  })
  const socket = new WebSocket(webSocketDebuggerUrl)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  const asked = new Map<number, (answer: Answer) => void>()
  const listeners = new Map<string, (params: unknown) => void>()
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(data as string) as Answer
    if (answer.id) asked.get(answer.id)?.(answer)
    else listeners.get(answer.method ?? '')?.(answer.params)
  }
  let id = 0
  return {
    async send<Result>(method: string, params = {}) {
      const answer = await new Promise<Answer>((resolve) => {
        asked.set(++id, resolve)
        socket.send(JSON.stringify({ id, method, params }))
      })
      asked.delete(id)
      if (answer.error) throw new Error(`${method}: ${answer.error.message}`)
      return answer.result as Result
    },
    on(method, take) {
      listeners.set(method, take)
    },
    async close() {
      socket.close()
      await browser.close()
    },
  }
}

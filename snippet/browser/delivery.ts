/**
 * The queue in memory, and its way to the endpoint: one request at a time, and again, after pauses that grow, what was
 * not taken. An event keeps its `load` and `n`, so a copy that had arrived after all counts once.
 */
import { endpoint, site } from './options.ts'

/** Waiting events, as JSON. While the endpoint is away 1,000 are kept: then the oldest go, and leave a gap in `n`. */
let queue: string[] = []
/** Requests that are under way, or whose pause is not over. */
let busy = 0
/** Failures in a row. Several at once, as when a page is left, are one. */
let failures = 0

/** Takes an event, unless it is larger than the endpoint allows. Those that happen together travel together. */
export const deliver = (json: string): void => {
  if (json.length < 16_000) {
    queue = queue.concat(json).slice(-1000)
    setTimeout(flush, 100)
  }
}

/**
 * Sends what is waiting, in batches of 16,000 characters: at most 48,000 bytes as UTF-8, since browsers allow 64 KiB
 * of keepalive bodies in flight (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch), and far fewer than the
 * 500 events that the endpoint takes. Usually it is 16,000 bytes, and four of them fit when a page is left.
 *
 * @param leaving sends everything that is unsent, without waiting for a request or a pause to end
 */
export const flush = (leaving?: unknown): void => {
  while (queue[0] && (leaving || !busy)) {
    const batch: string[] = []
    while (queue[0] && (batch + queue[0]).length < 16_000) batch.push(queue.shift() as string)
    void send(batch)
  }
}

const send = async (batch: string[]) => {
  const body = `{"site":"${site}","sentAt":${Date.now()},"events":[${batch}]}`
  let failed: unknown = true
  let retryAfterSeconds = 0
  const failedBefore = failures
  busy++
  try {
    // Lets the request outlive the page. Firefox has it from 133 only; there, and where there is no fetch, a beacon
    // does, though it cannot tell the answer. A text needs no preflight, for which a page that is left has no time.
    if ('keepalive' in Request.prototype) {
      const answer = await fetch(endpoint, { method: 'POST', body, keepalive: true, credentials: 'omit' })
      failed = answer.status === 429 || answer.status > 499
      retryAfterSeconds = +(answer.headers.get('retry-after') as string) || 0
      // Until the answer is read, its request counts among the bytes in flight.
      await answer.text()
    } else failed = !navigator.sendBeacon(endpoint, body)
  } catch {}
  failures = failed ? failedBefore + 1 : 0
  if (failed) queue = batch.concat(queue).slice(-1000)
  // Up to a second, three, seven, …: all of the pause is drawn by lot, so that the pages of a busy site do not come
  // back together. At most an hour: a browser's timer overflows at 24 days, and then fires at once.
  setTimeout(
    () => {
      busy--
      flush()
    },
    Math.min(3_600_000, (Math.random() * (2 ** failures - 1) + retryAfterSeconds) * 1000),
  )
}

/**
 * The events in memory, and their way to the endpoint: one request at a time, and again, after pauses that grow, what
 * was not taken. An event keeps its `load` and `n`, so a copy that had arrived after all counts once.
 */
import { toJson } from './json.ts'
import { tools } from './tools.ts'

/** Events that the endpoint has not acknowledged, as JSON, oldest first. */
export const waiting = new Set<string>()
/**
 * How many may wait while the endpoint is away: past it the newest are dropped, and leave a gap in `n`. None where
 * nothing may be reported (automation is nobody's visit), or the endpoint knows no such site.
 */
let room = navigator.webdriver && !('automation' in options) ? 0 : 1000
/** Requests that are under way, or whose pause is not over. */
let busy = 0
/** Grows with each failure, and bounds the pause after it: up to a second, three, seven, … 255. */
let patienceSeconds = 0

/** Takes an event, unless it is larger than the endpoint allows. The first one waits for others to travel with. */
export const deliver = (json: string): void => {
  if (json.length < 16_000 && room > waiting.size) {
    waiting.size || setTimeout(flush, 500)
    waiting.add(json)
  }
}

/**
 * Sends what is waiting, in batches of 16,000 characters: at most 48,000 bytes as UTF-8, since browsers allow 64 KiB
 * of keepalive bodies in flight (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch), and far fewer than the
 * 500 events that the endpoint takes. Usually it is 16,000 bytes, and four of them fit when a page is left.
 *
 * @param leaving sends all that is not acknowledged, without waiting for a request or a pause to end: what is under
 * way may end with the page, and what arrives twice counts once
 */
export const flush = async (leaving?: unknown, events = [...waiting]): Promise<void> => {
  const batch: string[] = []
  let pauseSeconds = 0.5
  if ((busy && !leaving) || !events[0]) return
  do batch.push(events.shift() as string)
  while (events[0] && (batch + events[0]).length < 16_000)
  busy++
  void flush(leaving, events)
  try {
    // A text needs no preflight, for which a page that is left has no time.
    const answer = await (tools.post_ || fetch)(new URL('v1/events', options.endpoint || source), {
      body: `${toJson({ site: options.site, sentAt: Date.now(), tag: options.tag }).slice(0, -1)},"events":[${batch}]}`,
      credentials: 'omit',
      method: 'POST',
      // Lets the request outlive the page. Only where that may end, since browsers bound what all such requests hold.
      keepalive: document.hidden,
    })
    const { status } = answer
    // A number of seconds; a date, or nothing, is 0.
    pauseSeconds += (answer.headers.get('retry-after') as unknown as number) | 0
    // What nobody reads Chromium copies after a while, which costs a third of the request.
    await answer.text()
    // Too many requests, or a fault that may pass. Statuses between have nothing to do with bodies.
    if (status > 428) throw 0
    patienceSeconds = 0
    // There is no such site: nothing more is taken, and what is waiting is refused batch by batch.
    if (status === 403) room = 0
    // Refused: one event of them is bad, or all are. Halves tell, so that the others arrive.
    if (status > 399 && room && batch[1]) {
      void flush(1, batch.splice(0, batch.length / 2))
      void flush(1, batch)
    } else for (const json of batch) waiting.delete(json)
  } catch {
    patienceSeconds = (2 * patienceSeconds + 1) & 255
  }
  // All of the pause is drawn by lot, so that the pages of a busy site do not come back together.
  setTimeout(
    () => {
      busy--
      void flush()
    },
    1000 * (Math.random() * patienceSeconds + pauseSeconds),
  )
}

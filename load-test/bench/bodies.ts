/**
 * Requests made beforehand, as the bytes that go over the wire: the client shares the machine with what it measures,
 * and should spend its time on sending.
 */
import type { TrackedEvent } from '../../stream/event.ts'
import { createTraffic, type TrafficRequest } from '../traffic.ts'

/** More than a batch ever holds, so that no batch is compressed against a copy of itself. */
const poolSize = 4096
/** So slow that visits come one after the other: as long as the browser stays the same, it is one visit. */
const oneVisitAtATime = 0.01
const pauseMs = 3217

/** @returns requests of `eventCount` events of one visit each, from as many browsers as the traffic model draws */
export function requestPool(site: string, seed: number, eventCount: number): Buffer[] {
  const traffic = createTraffic({ sites: [site], seed, rate: oneVisitAtATime })
  const requests: Buffer[] = []
  let events: TrackedEvent[] = []
  let userAgent = ''
  let at = Date.now()
  while (requests.length < poolSize) {
    // Time goes on from request to request; that of a page in the future counts as a clock that is fast.
    at += pauseMs
    const request = traffic.next(at)
    if (request.userAgent !== userAgent) events = []
    userAgent = request.userAgent
    events.push(...request.body.events)
    if (events.length < eventCount) continue
    requests.push(toBytes({ ...request, body: { site, sentAt: at, events: events.slice(0, eventCount) } }))
    events = []
  }
  return requests
}

/** The headers that a browser sends with the snippet's post; the same bytes for every server that is compared. */
function toBytes({ userAgent, language, body }: TrafficRequest): Buffer {
  const json = Buffer.from(JSON.stringify(body))
  const head = [
    'POST /v1/events HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: keep-alive',
    `User-Agent: ${userAgent}`,
    'Accept: */*',
    `Accept-Language: ${language}`,
    'Accept-Encoding: gzip, deflate, br, zstd',
    'Content-Type: text/plain;charset=UTF-8',
    `Content-Length: ${json.length}`,
    'Origin: https://www.example.com',
    'Referer: https://www.example.com/',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), json])
}

/**
 * Open loop: requests start when the schedule says, whatever became of those before, as visitors do not wait for
 * each other. Latency counts from the scheduled time, so that a stalled endpoint cannot hide the requests that it
 * kept from being sent ("coordinated omission", Gil Tene).
 */
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Client } from './client.ts'
import { type Shape, shareAt } from './shape.ts'
import { type LoadCounts, Tally } from './tally.ts'
import type { Timeline } from './timeline.ts'
import type { Traffic, TrafficRequest } from './traffic.ts'

export type LoadOptions = {
  client: Pick<Client, 'send' | 'close'>
  traffic: Traffic
  /** Events a second: with a shape, the most that it comes to. */
  rate: number
  shape?: Shape
  durationSeconds: number
  /** Requests that wait for an answer at once; the next ones queue. Below the common limit of 1024 open files. */
  maxInFlight?: number
  /** Requests that may queue. Past it what is due is counted as not sent: memory has an end, also when tests go wrong. */
  maxBacklog?: number
  /** How long answers are waited for after the schedule has ended. */
  drainSeconds?: number
  /** Told of every request, for a report by the second. */
  timeline?: Timeline
  /** Told of every request whose events were all accepted. */
  onAcknowledged?: (request: TrafficRequest) => void
  /** Ends the schedule early. */
  signal: AbortSignal
  /** Called every quarter of a second, and at the end. */
  onProgress?: (tally: Tally, elapsedSeconds: number) => void
}

export type LoadReport = LoadCounts & {
  /** How long requests were being started. */
  durationSeconds: number
  /** Events a second: asked for on average over the time that the run took, and sent. */
  targetRate: number
  achievedRate: number
}

/** Requests started in one go before the event loop gets its turn for answers. */
const burst = 32

export async function generateLoad(options: LoadOptions): Promise<LoadReport> {
  const { client, traffic, rate, timeline, signal, maxInFlight = 512, maxBacklog = 20_000, drainSeconds = 10 } = options
  const { shape = 'constant' } = options
  const durationMs = options.durationSeconds * 1000
  const tally = new Tally()
  const backlog: { request: TrafficRequest; dueAt: number }[] = []
  let inFlight = 0
  const startedAt = performance.now()
  const epochMs = Date.now() - startedAt
  const elapsedMs = () => performance.now() - startedAt
  const progress = setInterval(() => options.onProgress?.(tally, elapsedMs() / 1000), 250)

  function start(request: TrafficRequest, dueAt: number): void {
    inFlight += 1
    tally.start(request.body.events.length)
    timeline?.sent(elapsedMs(), request.body.events.length)
    void client.send(request).then((outcome) => {
      const latencyMs = performance.now() - dueAt
      tally.end(outcome, latencyMs)
      if (outcome.kind === 'answered' && outcome.accepted === request.body.events.length)
        options.onAcknowledged?.(request)
      timeline?.answered(dueAt - startedAt, outcome, latencyMs)
      inFlight -= 1
      const next = backlog.shift()
      if (next) start(next.request, next.dueAt)
    })
  }

  let offsetMs = 0
  let dueEvents = 0
  for (let started = 1; offsetMs < durationMs && !signal.aborted; started += 1) {
    const waitMs = offsetMs - elapsedMs()
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal }).catch(() => undefined)
    else if (started % burst === 0) await setImmediate()
    if (signal.aborted) break
    const dueAt = startedAt + offsetMs
    const request = traffic.next(Math.round(epochMs + dueAt))
    if (inFlight < maxInFlight) start(request, dueAt)
    else if (backlog.length < maxBacklog) backlog.push({ request, dueAt })
    else tally.notSent += 1
    const eventCount = request.body.events.length
    timeline?.due(offsetMs, eventCount)
    dueEvents += eventCount
    offsetMs += (eventCount / (rate * shareAt(shape, offsetMs / durationMs))) * 1000
  }
  // A request stands for the time up to the next one: the last one's is not over when it starts.
  const sentSeconds = Math.max(elapsedMs(), Math.min(offsetMs, durationMs)) / 1000
  const achievedRate = sentSeconds > 0 ? tally.events / sentSeconds : 0

  const deadline = elapsedMs() + drainSeconds * 1000
  if (signal.aborted) tally.notSent += backlog.splice(0).length
  while (inFlight > 0 && elapsedMs() < deadline) await setTimeout(10)
  tally.notSent += backlog.splice(0).length
  client.close()
  while (inFlight > 0) await setTimeout(10)
  clearInterval(progress)
  options.onProgress?.(tally, elapsedMs() / 1000)
  const scheduledSeconds = Math.min(offsetMs, durationMs) / 1000
  const targetRate = shape === 'constant' || scheduledSeconds === 0 ? rate : dueEvents / scheduledSeconds
  return { ...tally.counts(), durationSeconds: sentSeconds, targetRate, achievedRate }
}

/** From rounds to figures, pure: medians and spreads, as an object for scripts and a table for people. */
import { median } from './median.ts'
import type { BenchOptions } from './options.ts'
import type { Contender, RoundResult } from './round.ts'
import type { StreamBytes } from './stream-bytes.ts'

export type BenchResult = {
  /** Processor time of the endpoint for a request over that of bare Fastify: median of the rounds, and [min, max]. */
  ratio: number
  ratioSpread: [number, number]
  ratioToPutRecordPerEvent: number
  cpuMicrosPerRequest: Record<Contender, number>
  cpuMicrosPerEvent: Record<Contender, number>
  /** Closed loop, each server alone on its core. */
  requestsPerSecond: number
  bareRequestsPerSecond: number
  /** As `ratio`, in the closed loop: a server that is never idle spends nothing on waking up. */
  saturatedRatio: number
  /** Share of its core that the endpoint used there: well below 1, something else was the limit. */
  coreShare: number
  /** Of the records in the stream, keys included, with load-test traffic at 2,000 events a second. */
  bytesPerEvent: number
  eventsPerRecord: number
  /** At half the saturated rate. */
  latencyMs: { p50: number; p99: number }
  failed: number
  rounds: number
  seconds: number
  eventsPerRequest: number
  pinned: boolean
}

export function summarize(
  rounds: readonly RoundResult[],
  stream: StreamBytes,
  options: BenchOptions & { eventsPerRequest: number; pinned: boolean },
): BenchResult {
  const of = (figure: (round: RoundResult) => number, digits: number) => rounded(median(rounds.map(figure)), digits)
  const ratios = rounds.map(({ cpuMicros }) => cpuMicros.ours / cpuMicros.bare)
  const cpuMicros = (divisor: number): Record<Contender, number> => ({
    ours: of((round) => round.cpuMicros.ours / divisor, 1),
    bare: of((round) => round.cpuMicros.bare / divisor, 1),
    putRecordPerEvent: of((round) => round.cpuMicros.putRecordPerEvent / divisor, 1),
  })
  const { eventsPerRequest, pinned, seconds } = options
  return {
    ratio: rounded(median(ratios), 3),
    ratioSpread: [rounded(Math.min(...ratios), 3), rounded(Math.max(...ratios), 3)],
    ratioToPutRecordPerEvent: of((round) => round.cpuMicros.ours / round.cpuMicros.putRecordPerEvent, 3),
    cpuMicrosPerRequest: cpuMicros(1),
    cpuMicrosPerEvent: cpuMicros(eventsPerRequest),
    requestsPerSecond: of(({ perSecond }) => perSecond.ours, 0),
    bareRequestsPerSecond: of(({ perSecond }) => perSecond.bare, 0),
    saturatedRatio: of(saturatedRatio, 3),
    coreShare: of(({ coreShare }) => coreShare.ours, 2),
    bytesPerEvent: rounded(stream.bytesPerEvent, 1),
    eventsPerRecord: rounded(stream.eventsPerRecord, 1),
    latencyMs: { p50: of(({ latencyMs }) => latencyMs.p50, 1), p99: of(({ latencyMs }) => latencyMs.p99, 1) },
    failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
    rounds: rounds.length,
    seconds,
    eventsPerRequest,
    pinned,
  }
}

export function resultTable(result: BenchResult): string {
  const { cpuMicrosPerRequest: cpu, cpuMicrosPerEvent: cpuEvent, ratioSpread, latencyMs } = result
  const columns = (name: string, ours: string, bare = '', put = '') =>
    `${name.padEnd(30)}${ours.padStart(12)}${bare.padStart(14)}${put.padStart(22)}`
  const micros = (value: number) => `${value.toFixed(1)} µs`
  return [
    columns('', 'endpoint', 'bare Fastify', 'PutRecord an event'),
    columns('processor time a request', micros(cpu.ours), micros(cpu.bare), micros(cpu.putRecordPerEvent)),
    columns(
      'processor time an event',
      micros(cpuEvent.ours),
      micros(cpuEvent.bare),
      micros(cpuEvent.putRecordPerEvent),
    ),
    columns('requests/s on one core', count(result.requestsPerSecond), count(result.bareRequestsPerSecond)),
    '',
    `ratio to bare Fastify         ${result.ratio.toFixed(2)} (${ratioSpread.map((r) => r.toFixed(2)).join(' to ')} over ${result.rounds} rounds)`,
    `the same when saturated       ${result.saturatedRatio.toFixed(2)}`,
    `ratio to PutRecord an event   ${result.ratioToPutRecordPerEvent.toFixed(3)}`,
    `bytes an event in the stream  ${result.bytesPerEvent.toFixed(1)} (${result.eventsPerRecord.toFixed(0)} events a record)`,
    `latency at half the rate      p50 ${latencyMs.p50.toFixed(1)} ms, p99 ${latencyMs.p99.toFixed(1)} ms`,
    ...(result.pinned ? [] : ['The servers were not pinned to a core: requests a second are those of the machine.']),
    ...(result.failed > 0 ? [`${count(result.failed)} requests failed: the figures are not to be trusted.`] : []),
  ].join('\n')
}

function saturatedRatio({ perSecond, coreShare }: RoundResult): number {
  return coreShare.ours / perSecond.ours / (coreShare.bare / perSecond.bare)
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

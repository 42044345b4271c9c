/**
 * What the endpoint counts, as Prometheus reads it (text exposition format 0.0.4). Counting is an addition, with no
 * lookup by labels: it happens for every request, and a metrics library took longer than checking an event.
 */
import type { RouteState } from './route-state.ts'

/** Upper bounds of the acknowledgement latency, seconds: fine around the 50 ms that a batch waits. */
const latencyBounds = [0.005, 0.01, 0.025, 0.05, 0.06, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10]
const routes: RouteState[] = ['kinesis', 'overflow', 'down']

class ShardCounts {
  records = 0
  bytes = 0
  events = 0
  attempts = 0
  throttled = 0
  failed = 0
  overflowedRecords = 0
  overflowedEvents = 0
  route: RouteState = 'kinesis'
}

/** What one lane reports. */
export type LaneMetrics = {
  stored(bytes: number, events: number): void
  refused(throttled: boolean): void
  overflowed(events: number): void
  routed(state: RouteState): void
}

/** Read when somebody looks. */
export type Gauges = {
  inFlightBytes: number
  overflow: { depth: number; oldestAgeSeconds: number } | undefined
  residentBytes: number
  cpuSeconds: number
}

export type Totals = {
  /** Events. */
  accepted: number
  ignored: number
  rejected: number
  overflowed: number
  /** Records that Kinesis refused for their rate. */
  throttled: number
  /** Requests that neither store took. */
  unavailable: number
}

export class Metrics {
  readonly #shards = new Map<string, ShardCounts>()
  readonly #rejected = new Map<string, number>()
  readonly #problems = new Map<string, number>()
  readonly #latencyBuckets = new Array<number>(latencyBounds.length + 1).fill(0)
  #latencySum = 0
  accepted = 0
  ignored = 0
  /** Fields that were bad and left out, of requests whose events were taken all the same. */
  warnings = 0

  get rejectedByCode(): ReadonlyMap<string, number> {
    return this.#rejected
  }

  rejected(code: string): void {
    this.#rejected.set(code, (this.#rejected.get(code) ?? 0) + 1)
  }

  /** A request that was answered with a problem. */
  problem(code: string): void {
    this.#problems.set(code, (this.#problems.get(code) ?? 0) + 1)
  }

  acknowledged(seconds: number): void {
    this.#latencySum += seconds
    let i = 0
    while (i < latencyBounds.length && seconds > (latencyBounds[i] as number)) i++
    this.#latencyBuckets[i] = (this.#latencyBuckets[i] as number) + 1
  }

  lane(shardId: string): LaneMetrics {
    const counts = this.#shards.get(shardId) ?? new ShardCounts()
    this.#shards.set(shardId, counts)
    return {
      stored(bytes, events) {
        counts.attempts++
        counts.records++
        counts.bytes += bytes
        counts.events += events
      },
      refused(throttled) {
        counts.attempts++
        if (throttled) counts.throttled++
        else counts.failed++
      },
      overflowed(events) {
        counts.overflowedRecords++
        counts.overflowedEvents += events
      },
      routed(state) {
        counts.route = state
      },
    }
  }

  /** Shards that were closed and delivered are forgotten, so that reshards do not pile up. */
  forget(shardId: string): void {
    this.#shards.delete(shardId)
  }

  /** Sums since the start, over shards and codes. */
  totals(): Totals {
    const sum = { overflowed: 0, throttled: 0 }
    for (const { overflowedEvents, throttled } of this.#shards.values()) {
      sum.overflowed += overflowedEvents
      sum.throttled += throttled
    }
    const rejected = [...this.#rejected.values()].reduce((total, count) => total + count, 0)
    const { accepted, ignored } = this
    return { accepted, ignored, rejected, unavailable: this.#problems.get('unavailable') ?? 0, ...sum }
  }

  /** The page that Prometheus scrapes. */
  text({ inFlightBytes, overflow, residentBytes, cpuSeconds }: Gauges): string {
    const lines: string[] = []
    const family = (name: string, type: string, help: string, samples: [labels: string, value: number][]) => {
      lines.push(`# HELP retrace_${name} ${help}`, `# TYPE retrace_${name} ${type}`)
      for (const [labels, value] of samples) lines.push(`retrace_${name}${labels} ${value}`)
    }
    const byCode = (counts: Map<string, number>) =>
      [...counts].map(([code, n]): [string, number] => [`{code="${code}"}`, n])
    const byShard = (pick: (counts: ShardCounts) => number) =>
      [...this.#shards].map(([shard, counts]): [string, number] => [`{shard="${shard}"}`, pick(counts)])

    family('events_accepted_total', 'counter', 'Events acknowledged as durable.', [['', this.accepted]])
    family('events_ignored_total', 'counter', 'Events of visitors who ask not to be tracked.', [['', this.ignored]])
    family('events_rejected_total', 'counter', 'Events that rejected themselves, by reason.', byCode(this.#rejected))
    family('warnings_total', 'counter', 'Tags that were bad and left out.', [['', this.warnings]])
    family('problems_total', 'counter', 'Requests answered with a problem, by code.', byCode(this.#problems))
    family('acknowledgement_seconds', 'histogram', 'From a request to its acknowledgement.', [])
    lines.push(...this.#latencyLines())
    family(
      'records_total',
      'counter',
      'Records that Kinesis took.',
      byShard(({ records }) => records),
    )
    family(
      'record_bytes_total',
      'counter',
      'Bytes of those records.',
      byShard(({ bytes }) => bytes),
    )
    family(
      'record_events_total',
      'counter',
      'Events in those records.',
      byShard(({ events }) => events),
    )
    family(
      'put_attempts_total',
      'counter',
      'Records sent to Kinesis, retries included.',
      byShard((c) => c.attempts),
    )
    family(
      'put_throttled_total',
      'counter',
      'Records that Kinesis throttled.',
      byShard(({ throttled }) => throttled),
    )
    family(
      'put_failed_total',
      'counter',
      'Records that failed otherwise.',
      byShard(({ failed }) => failed),
    )
    family(
      'overflowed_records_total',
      'counter',
      'Records sent to the overflow.',
      byShard((c) => c.overflowedRecords),
    )
    family(
      'overflowed_events_total',
      'counter',
      'Events sent to the overflow.',
      byShard((c) => c.overflowedEvents),
    )
    family(
      'route',
      'gauge',
      'Where the records of a shard go: 0 Kinesis, 1 overflow, 2 nowhere.',
      byShard(({ route }) => routes.indexOf(route)),
    )
    family('in_flight_bytes', 'gauge', 'Bytes of events that wait to be stored.', [['', inFlightBytes]])
    if (overflow) {
      family('overflow_records', 'gauge', 'Records in the overflow, up to 1,000.', [['', overflow.depth]])
      family('overflow_oldest_seconds', 'gauge', 'Age of the oldest of them.', [['', overflow.oldestAgeSeconds]])
    }
    // Under the names that Prometheus' own clients use.
    lines.push('# TYPE process_resident_memory_bytes gauge', `process_resident_memory_bytes ${residentBytes}`)
    lines.push('# TYPE process_cpu_seconds_total counter', `process_cpu_seconds_total ${cpuSeconds}`)
    return `${lines.join('\n')}\n`
  }

  #latencyLines(): string[] {
    let cumulative = 0
    const buckets = this.#latencyBuckets.map((count, i) => {
      cumulative += count
      return `retrace_acknowledgement_seconds_bucket{le="${latencyBounds[i] ?? '+Inf'}"} ${cumulative}`
    })
    return [
      ...buckets,
      `retrace_acknowledgement_seconds_sum ${this.#latencySum}`,
      `retrace_acknowledgement_seconds_count ${cumulative}`,
    ]
  }
}

/**
 * Traces (docs/decisions/0025): each record is a trace under the id that its header has anyway. The endpoint tells how
 * the record came to be, consumers tell what they did with it, and an OpenTelemetry collector puts the parts together.
 *
 *     trace of the record:  store (endpoint) ──┬── POST /v1/events, one a request that it holds
 *                                              ├── aggregator process
 *                                              └── archiver process, anomaly-detector process
 *
 * Spans travel as OTLP over HTTP in JSON ("OpenTelemetry Protocol Specification" 1.x). Nothing waits for them but the end
 * of a function's invocation, and that not for long; what a collector does not take is gone.
 */
import { randomBytes } from 'node:crypto'
import { SettingsError } from './settings.ts'

export type SpanLink = { traceId: string; spanId: string }

export type Span = {
  /** 32 hex digits. */
  traceId: string
  /** 16 hex digits; without it a random one. */
  spanId?: string
  parentSpanId?: string
  name: string
  kind: keyof typeof kinds
  /** Epoch milliseconds. */
  startMs: number
  endMs: number
  attributes: Readonly<Record<string, string | number | boolean>>
  links?: readonly SpanLink[]
  hasFailed?: boolean
}

export type TracingSettings = {
  /** Where spans are posted to. */
  url: string
  headers: Readonly<Record<string, string>>
  /** Of the traces, 0 to 1. */
  ratio: number
}

/** As OTLP numbers them. */
const kinds = { server: 2, producer: 4, consumer: 5 }
const failed = 2
/** Of a busy endpoint some seconds at one in a hundred; beyond it spans are dropped. */
const maxWaiting = 2048
const flushMs = 1000
/** A collector is beside us, or it is none for a function that is paid for by its time. */
const sendMs = 500
/** A collector that does not answer is left alone for a while. */
const silentMs = 30_000

/** A record's own span, for all who know its trace: the first half of the trace's id. */
export function recordSpanId(traceId: string): string {
  return traceId.slice(0, 16)
}

/**
 * @param env with the variables that OpenTelemetry has for it
 * @returns undefined where no collector is named
 * @throws SettingsError
 */
export function readTracing(env: Readonly<Record<string, string | undefined>>): TracingSettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: given, OTEL_TRACES_SAMPLER_ARG } = env
  if (endpoint === undefined || endpoint === '') return undefined
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new SettingsError('OTEL_EXPORTER_OTLP_ENDPOINT must be the address of a collector, http://… or https://…')
  const ratio = Number(OTEL_TRACES_SAMPLER_ARG || '0.01')
  if (!(ratio >= 0 && ratio <= 1))
    throw new SettingsError('OTEL_TRACES_SAMPLER_ARG must be a share of traces, from 0 to 1')
  const pairs = (given ?? '').split(',').filter((pair) => pair.includes('='))
  const headers = Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]
    }),
  )
  return { url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, headers, ratio }
}

type Host = {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: () => number
}

export class Tracer {
  readonly #settings: TracingSettings
  readonly #service: string
  readonly #host: Host
  readonly #below: number
  #waiting: Span[] = []
  #silentUntil = 0
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined

  /** @param service name of the process, such as `ingest` */
  constructor(settings: TracingSettings, service: string, host: Host) {
    this.#settings = settings
    this.#service = service
    this.#host = host
    this.#below = settings.ratio * 2 ** 32
  }

  /** Whether a trace is told of: everybody who asks this of a trace, in whatever process, gets the same answer. */
  samples(traceId: string): boolean {
    return Number.parseInt(traceId.slice(-8), 16) < this.#below
  }

  add(span: Span): void {
    if (this.#waiting.length < maxWaiting) this.#waiting.push(span)
  }

  /** From now on spans are sent each second, for a process that lives on. */
  start(): void {
    this.#timer = setInterval(() => void this.flush(), flushMs).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  /** Sends what waits; resolves when it is sent or has failed, soon, and never rejects. */
  async flush(): Promise<void> {
    await this.#flushing
    if (this.#waiting.length === 0) return
    const spans = this.#waiting
    this.#waiting = []
    if (this.#host.now() < this.#silentUntil) return
    this.#flushing = this.#send(spans)
    await this.#flushing
  }

  async #send(spans: readonly Span[]): Promise<void> {
    const { url, headers } = this.#settings
    try {
      const answer = await this.#host.fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(toOtlp(this.#service, spans)),
        signal: AbortSignal.timeout(sendMs),
      })
      await answer.body?.cancel()
      if (!answer.ok) this.#silentUntil = this.#host.now() + silentMs
    } catch {
      this.#silentUntil = this.#host.now() + silentMs
    }
  }
}

/** ExportTraceServiceRequest in OTLP's JSON: ids are hex there, times are decimal texts of nanoseconds. */
function toOtlp(service: string, spans: readonly Span[]): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: toAttributes({ 'service.namespace': 'retrace', 'service.name': service }) },
        scopeSpans: [{ scope: { name: 'retrace' }, spans: spans.map(toOtlpSpan) }],
      },
    ],
  }
}

function toOtlpSpan({ startMs, endMs, attributes, links = [], hasFailed, kind, ...span }: Span): unknown {
  return {
    spanId: randomBytes(8).toString('hex'),
    ...span,
    kind: kinds[kind],
    startTimeUnixNano: toNanoseconds(startMs),
    endTimeUnixNano: toNanoseconds(Math.max(startMs, endMs)),
    attributes: toAttributes(attributes),
    links,
    ...(hasFailed && { status: { code: failed } }),
  }
}

function toNanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`
}

function toAttributes(attributes: Readonly<Record<string, string | number | boolean>>): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toValue(value) }))
}

function toValue(value: string | number | boolean): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

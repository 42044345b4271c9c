/** An OpenTelemetry collector: takes spans as OTLP over HTTP in JSON, and refuses what is none. */
import { createServer, type Server } from 'node:http'
import { close, listen } from './embedded.ts'

type Value = { stringValue?: string; intValue?: string; boolValue?: boolean; doubleValue?: number }
type Attribute = { key: string; value: Value }
type OtlpSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Attribute[]
  links: { traceId: string; spanId: string }[]
  status?: { code: number }
}
type OtlpRequest = {
  resourceSpans: {
    resource: { attributes: Attribute[] }
    scopeSpans: { scope: { name: string }; spans: OtlpSpan[] }[]
  }[]
}

export type CollectedSpan = Omit<OtlpSpan, 'attributes'> & { service: string; attributes: Record<string, unknown> }

export type Collector = {
  url: string
  spans: CollectedSpan[]
  /** What was refused, and why. */
  refused: string[]
  close: () => Promise<void>
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const refused: string[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      try {
        if (request.url !== '/v1/traces' || request.method !== 'POST')
          throw new Error(`${request.method} ${request.url}`)
        if (request.headers['content-type'] !== 'application/json') throw new Error('no JSON')
        spans.push(...read(JSON.parse(`${Buffer.concat(chunks)}`) as OtlpRequest))
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      } catch (error) {
        refused.push(String(error))
        response.writeHead(400).end()
      }
    })
  })
  return { url: `http://127.0.0.1:${await listen(server)}`, spans, refused, close: () => close(server) }
}

function read({ resourceSpans }: OtlpRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name'])
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => {
        check(span)
        return { ...span, service, attributes: valuesOf(span.attributes) }
      }),
    )
  })
}

/** "JSON Protobuf Encoding" of OTLP: ids are hex, numbers of 64 bits are texts, enumerations are numbers. */
function check({ traceId, spanId, parentSpanId, kind, name, links, ...times }: OtlpSpan): void {
  for (const [text, digits] of [
    [traceId, 32],
    [spanId, 16],
    ...(parentSpanId === undefined ? [] : [[parentSpanId, 16] as const]),
    ...links.flatMap((link) => [[link.traceId, 32] as const, [link.spanId, 16] as const]),
  ] as const)
    if (!new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`).test(text)) throw new Error(`${text} is no id of ${digits} digits`)
  const { startTimeUnixNano: start, endTimeUnixNano: end } = times
  if (!/^\d{19}$/.test(start) || !/^\d{19}$/.test(end) || BigInt(end) < BigInt(start))
    throw new Error(`${start}–${end}`)
  if (![2, 4, 5].includes(kind) || name === '') throw new Error(`a span ${name} of kind ${kind}`)
}

function valuesOf(attributes: Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [one, ...others] = Object.values(value)
      if (one === undefined || others.length > 0) throw new Error(`${key} has not one value`)
      if (value.intValue !== undefined && !/^-?\d+$/.test(value.intValue)) throw new Error(`${key} is no integer`)
      return [key, value.intValue === undefined ? one : Number(value.intValue)]
    }),
  )
}

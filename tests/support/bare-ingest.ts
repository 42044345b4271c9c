/** The endpoint before its stores: what would reach them is kept as text, and what they would say can be set. */
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { Metrics } from '../../ingest/metrics.ts'
import type { RateLimit } from '../../ingest/rate-limit.ts'
import { createIngest, type IngestOptions } from '../../ingest/server.ts'
import type { Site } from '../../stream/site.ts'
import { anEvent, chrome } from './events.ts'
import { snippet } from './snippet.ts'

const site = (name: string, different: Partial<Site> = {}): Site => ({
  site: name,
  name,
  origins: [],
  timeZone: 'UTC',
  queryParams: [],
  strict: false,
  network: false,
  createdAt: 0,
  ...different,
})
const remembering = { rememberedWeeks: 4, rememberedFrom: 0 }
const sites: Record<string, Site> = {
  demo: site('demo'),
  strict: site('strict', { strict: true, ...remembering }),
  remembering: site('remembering', remembering),
  networks: site('networks', { network: true }),
  owned: site('owned', { origins: ['https://shop.example'] }),
}

export class BareIngest {
  /** What reaches the producer, a delivery each, as JSON: the stores have tests of their own. */
  stored: string[] = []
  /** Lines of the log, as JSON. */
  logged: string[] = []
  clientLimit: RateLimit = { take: () => 0 }
  inFlightBytes = 0
  isDraining = false
  readonly metrics = new Metrics()
  readonly app: FastifyInstance

  constructor() {
    const whole = this
    const options: IngestOptions = {
      producer: {
        get inFlightBytes() {
          return whole.inFlightBytes
        },
        isReady: async () => true,
        store(_routing, { opening, events }, settle) {
          whole.stored.push(`${opening}${Buffer.from(events)}]}`)
          settle({ ok: true, traceId: 'ab'.repeat(16) })
        },
      },
      maxInFlightBytes: 1000,
      salts: {
        of: async () => 'a',
        ofPast: async () => undefined,
        routing: async () => 'r',
        network: async () => 'n',
      },
      sites: { find: async (name) => sites[name], known: () => undefined },
      imports: { find: async () => undefined, salt: async () => 's', advance: async () => {} },
      clientLimit: { take: (key) => this.clientLimit.take(key) },
      siteLimit: { take: () => 0 },
      metrics: this.metrics,
      overflow: async () => ({ depth: 3, oldestAgeSeconds: 12 }),
      adminToken: 'token',
      snippet,
      trustedProxies: 'loopback',
      edgeKey: 'the key of the edge',
      isDraining: () => this.isDraining,
      logger: pino({ level: 'warn' }, { write: (line) => this.logged.push(line) }),
      now: Date.now,
    }
    this.app = createIngest(options)
  }

  post(payload: string | Buffer, headers: Record<string, string> = {}, remoteAddress = '203.0.113.7') {
    return this.app.inject({
      method: 'POST',
      url: '/v1/events',
      remoteAddress,
      headers: { 'content-type': 'text/plain', 'user-agent': chrome, ...headers },
      payload,
    })
  }
}

export const requestBody = (name = 'demo', events: unknown[] = [anEvent()]) =>
  JSON.stringify({ site: name, sentAt: Date.now(), events })

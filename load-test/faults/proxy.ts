/**
 * The fault proxy: stands between our code and any AWS-compatible endpoint, passes everything on untouched, and does
 * what its rules say where they apply. It changes the bodies of PutRecords (rule `partial`), whose signature then no
 * longer fits: for servers that check signatures, as AWS does, it is no stand-in; the embedded ones don't.
 *
 *     request ──body read──▶ plan ──delay──▶ throttle, error500 ──▶ answered here
 *                                      ├───▶ refuse ──────────────▶ reset
 *                                      ├───▶ partial ──▶ store ───▶ answers merged
 *                                      ├───▶ lostAnswer ▶ store ──▶ reset
 *                                      └───▶ none ─────▶ store ───▶ answer passed on
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, internalError, operationOf, throttled, unreadable } from './answers.ts'
import { createForwarder, readBody, withoutHop } from './forward.ts'
import { splitPutRecords } from './put-records.ts'
import { checkRule, type FaultRule } from './rules.ts'
import { createSchedule, type PartialFault, type RuleCount } from './schedule.ts'

export type FaultProxyOptions = {
  /** Where the store is, such as `http://127.0.0.1:4567`. */
  target: string
  /** Any safe integer: the same seed, rules and order of requests give the same faults. */
  seed: number
  rules: readonly FaultRule[]
  /** Milliseconds on a clock that only goes forward. */
  now: () => number
  /** Default: a free one. */
  port?: number
}

export type FaultStats = {
  requests: number
  /** Requests that the store got, those with a lost answer or fewer entries included. */
  forwarded: number
  /** Requests whose connection was reset because the store could not be reached, or broke off. */
  unreachable: number
  rules: RuleCount[]
}

export type FaultProxy = {
  url: string
  /** From now on these rules alone; their seconds and counts begin at 0. */
  setRules(rules: readonly FaultRule[]): void
  stats(): FaultStats
  close(): Promise<void>
}

/** A body that waits here for the store. PutRecords takes 5 MB, 7 in base64; archive objects are smaller still. */
const maxBodyBytes = 64 * 1024 * 1024

/**
 * Listens on 127.0.0.1.
 *
 * @throws RuleError when a rule is none
 */
export async function createFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { seed, now } = options
  const forwarder = createForwarder(new URL(options.target))
  let schedule = createSchedule(options.rules.map(checkRule), seed)
  let since = now()
  const counts = { requests: 0, forwarded: 0, unreachable: 0 }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request
    const body = await readBody(request, maxBodyBytes)
    counts.requests += 1
    if (!body) return send(response, { status: 413, headers: {}, body: '' })

    const { delayMs, fault } = schedule.plan(operationOf(method, headers), (now() - since) / 1000)
    if (delayMs > 0) await sleep(delayMs)
    const forward = (instead = body) => {
      counts.forwarded += 1
      return forwarder.forward({ method, path: url, rawHeaders: request.rawHeaders, body: instead })
    }
    switch (fault?.kind) {
      case 'throttle':
        return send(response, throttled(headers))
      case 'error500':
        return send(response, internalError(headers))
      case 'refuse':
        return reset(request)
      case 'partial':
        return partial(request, response, body, fault, forward)
      case 'lostAnswer':
        await readBody(await forward(), 0)
        return reset(request)
      default:
        return passOn(await forward(), response)
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      // Nobody to answer, or nothing to answer with: a proxy that hides nothing breaks off as it was broken off.
      counts.unreachable += 1
      reset(request)
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setRules(rules) {
      schedule = createSchedule(rules.map(checkRule), seed)
      since = now()
    },
    stats: () => ({ ...counts, rules: schedule.counts() }),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      forwarder.close()
      await closed
    },
  }
}

async function partial(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  fault: PartialFault,
  forward: (body: Buffer) => Promise<IncomingMessage>,
): Promise<void> {
  const split = splitPutRecords(body, fault.refuses)
  if (!split) return send(response, unreadable(request.headers))
  if (!split.forward) {
    const type = request.headers['content-type'] ?? 'application/x-amz-json-1.1'
    response.writeHead(200, { 'content-type': type }).end(split.merge())
    return
  }
  const answer = await forward(split.forward)
  if (answer.statusCode !== 200) return passOn(answer, response)
  const merged = split.merge(await readBody(answer, maxBodyBytes))
  if (!merged) return send(response, unreadable(request.headers))
  // Length and checksum were those of the store's own body.
  response.writeHead(200, withoutHop(answer.rawHeaders, ['content-length', 'x-amz-crc32'])).end(merged)
}

async function passOn(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, withoutHop(answer.rawHeaders))
  await pipeline(answer, response)
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body)
}

/** RST rather than FIN: the client sees ECONNRESET, as when a store's process is killed. */
function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy()
}

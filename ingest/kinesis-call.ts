/**
 * A call to Kinesis with what the SDK's client was set up with — endpoint, region, credentials, connections, clock — and
 * without its middleware, which took the endpoint longer than writing, signing and sending the request
 * (docs/decisions/0038-putting-records-without-middleware.md).
 */
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { type KinesisClient, ListShardsCommand } from '@aws-sdk/client-kinesis'
import { getEndpointFromInstructions } from '@smithy/core/endpoints'
import { HttpRequest } from '@smithy/core/protocols'
import { createSigner } from './signature.ts'

/** A no of Kinesis. */
export class KinesisRefusal extends Error {
  readonly statusCode: number
  readonly requestId: string | undefined

  /** @param name as Kinesis has it, such as `ProvisionedThroughputExceededException` */
  constructor(name: string, message: string, statusCode: number, requestId: string | undefined) {
    super(message)
    this.name = name
    this.statusCode = statusCode
    this.requestId = requestId
  }
}

/** Kinesis takes signatures that are five minutes old; the SDK mends its clock by the same measure. */
const clockToleranceMs = 300_000

/**
 * @param operation such as `PutRecords`
 * @returns sends a body (JSON) and answers with what Kinesis says to it, parsed; rejects with a KinesisRefusal, or with what
 *   became of the connection
 */
export function createKinesisCall(client: KinesisClient, operation: string): (body: Uint8Array) => Promise<unknown> {
  const { config } = client
  let setUp: ReturnType<typeof findOut> | undefined

  /** Where calls go, by the SDK's rules, and how they are signed: the same as long as the process lives. */
  async function findOut() {
    const [{ url }, region] = await Promise.all([
      // What depends on the operation is for streams that are named by their ARN.
      getEndpointFromInstructions({}, ListShardsCommand, config),
      config.region(),
    ])
    return { url, sign: createSigner('kinesis', region) }
  }

  return async (body) => {
    setUp ??= findOut()
    const [{ url, sign }, credentials] = await Promise.all([setUp, config.credentials()]).catch((error: unknown) => {
      setUp = undefined
      throw error
    })
    const { host, hostname, port, protocol, pathname } = url
    const path = pathname.replace(/\/?$/, '/')
    const at = new Date(Date.now() + config.systemClockOffset)
    const { response } = await config.requestHandler.handle(
      new HttpRequest({
        method: 'POST',
        protocol,
        hostname,
        ...(port && { port: Number(port) }),
        path,
        headers: {
          ...sign(credentials, { host, path, target: `Kinesis_20131202.${operation}`, body, at }),
          'content-length': String(body.length),
        },
        body,
      }),
    )
    const answer = await text(response.body as IncomingMessage)
    if (response.statusCode === 200) return JSON.parse(answer)
    mendClock(response.headers.date)
    throw toRefusal(answer, response.statusCode, response.headers['x-amzn-requestid'])
  }

  /** A machine whose clock is wrong is refused, and told what time it is. */
  function mendClock(date: string | undefined): void {
    const offset = Date.parse(date ?? '') - Date.now()
    if (Math.abs(offset - config.systemClockOffset) >= clockToleranceMs) config.systemClockOffset = offset
  }
}

function toRefusal(answer: string, statusCode: number, requestId: string | undefined): KinesisRefusal {
  const { __type = '', message, Message } = parseObject(answer)
  const name = /[^#:]+(?=:|$)/.exec(String(__type))?.[0] ?? 'UnknownError'
  return new KinesisRefusal(name, String(message ?? Message ?? `status ${statusCode}`), statusCode, requestId)
}

/** What stands between us and Kinesis may answer with anything. */
function parseObject(answer: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(answer))
  } catch {
    return {}
  }
}

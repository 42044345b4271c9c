/**
 * The endpoint's app behind a Lambda function URL: a request of HTTP goes in as an event and comes out as an answer (AWS
 * Lambda guide, "Invoking function URLs", payload format 2.0). An instance has one request at a time, and is frozen from
 * its answer to the next request: so an answer waits until nothing is under way any more.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda'
import type { FastifyInstance } from 'fastify'
import type { Producer } from '../producer.ts'

export type UrlHandler = (event: LambdaFunctionURLEvent) => Promise<LambdaFunctionURLResult>

/** Of the connection between the app and whoever serves it, which here is Lambda. */
const ofConnection = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding'])

/**
 * @param app ready; what it answers is passed on as it is, bodies in base64
 * @param producer where the app stores what it takes
 */
export function createUrlHandler(app: FastifyInstance, producer: Pick<Producer, 'quiet'>): UrlHandler {
  return async ({ rawPath, rawQueryString, headers, requestContext, body, isBase64Encoded }) => {
    // What came due while the instance was frozen comes first: timers, and connections that the other side has closed.
    await sleep(0)
    const payload = body === undefined ? undefined : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
    const answer = await app.inject({
      method: requestContext.http.method as 'POST',
      url: rawQueryString === '' ? rawPath : `${rawPath}?${rawQueryString}`,
      // The address that reached Lambda: nobody can write it into a header.
      remoteAddress: requestContext.http.sourceIp,
      headers: {
        ...withoutConnection(headers),
        ...(payload && { 'content-length': String(payload.length) }),
      },
      ...(payload && { payload }),
    })
    await producer.quiet()
    return {
      statusCode: answer.statusCode,
      headers: withoutConnection(answer.headers),
      body: answer.rawPayload.toString('base64'),
      isBase64Encoded: true,
    }
  }
}

function withoutConnection(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !ofConnection.has(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]))
}

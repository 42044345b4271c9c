/**
 * Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html) of the
 * one shape of request that is sent twenty times a second: a POST with a JSON body. The SDK's signer, which
 * takes every shape, costs the endpoint 2 µs more of each page's request; a test holds the two to the same signatures.
 */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

/** With a token where they are those of a role. */
export type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string }

export type Call = {
  host: string
  /** As in the URL. */
  path: string
  /** Service and version, a dot, and the operation. */
  target: string
  body: Uint8Array
  at: Date
}

const contentType = 'application/x-amz-json-1.1'
const algorithm = 'AWS4-HMAC-SHA256'

/** @returns the headers of a call, its signature among them; keys of a day are made once */
export function createSigner(service: string, region: string) {
  let last: { secret: string; day: string; key: KeyObject } | undefined

  function keyOf(secret: string, day: string): KeyObject {
    if (last?.secret !== secret || last.day !== day) {
      const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, day))
      // Of a key that is bytes, Node first finds out, by an error with its stack, that it is none of its own.
      last = { secret, day, key: createSecretKey(key) }
    }
    return last.key
  }

  return (
    { accessKeyId, secretAccessKey, sessionToken }: Keys,
    { host, path, target, body, at }: Call,
  ): Record<string, string> => {
    const time = at.toISOString().replace(/[-:]|\.\d+/g, '')
    const day = time.slice(0, 8)
    // In the order of their names, as it is signed.
    const signed = {
      'content-type': contentType,
      host,
      'x-amz-date': time,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
      'x-amz-target': target,
    }
    const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`)
    const names = Object.keys(signed).join(';')
    const canonical = `POST\n${path}\n\n${lines.join('')}\n${names}\n${hash('sha256', body)}`
    const scope = `${day}/${region}/${service}/aws4_request`
    const text = `${algorithm}\n${time}\n${scope}\n${hash('sha256', canonical)}`
    const signature = hmac(keyOf(secretAccessKey, day), text).toString('hex')
    return {
      ...signed,
      authorization: `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    }
  }
}

function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

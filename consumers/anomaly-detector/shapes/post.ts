/** One POST to an address that somebody else chose: to public addresses alone, without redirects, within bounds. */
import { type LookupAddress, lookup } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { DeliveryError } from './delivery.ts'
import { checkWebhookUrl, hostOf, isAllowedAddress } from './webhook-address.ts'

/** A status: it answered. */
export type PostResult = { status: number } | { error: Exclude<DeliveryError, 'status'> }

export type PostOptions = {
  /** As RETRACE_WEBHOOK_LOOPBACK has it. */
  allowLoopback: boolean
  /** From looking the name up to the end of the answer. */
  timeoutMs: number
}

/** So that a receiver that answers in a sentence is not cut off; nothing of it is kept or shown. */
const maxAnswerBytes = 1024

const refused = 'ADDRESS_REFUSED'

export function post(
  text: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowLoopback, timeoutMs }: PostOptions,
): Promise<PostResult> {
  const checked = checkWebhookUrl(text, allowLoopback)
  if (!checked.ok) return Promise.resolve({ error: 'address_refused' })
  const { url } = checked
  // What is an address already is not looked up.
  if (isIP(hostOf(url)) !== 0 && !isAllowedAddress(hostOf(url), allowLoopback))
    return Promise.resolve({ error: 'address_refused' })
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve) => {
    const sent = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      // No connection outlives its delivery, and no proxy of the environment comes between.
      agent: false,
      lookup: allowedLookup(allowLoopback),
      signal: AbortSignal.timeout(timeoutMs),
    })
    // Once the status is there, it does not matter what becomes of the rest.
    let status: number | undefined
    sent.on('error', (error) => resolve(status === undefined ? { error: reasonOf(error) } : { status }))
    sent.on('response', (answer) => {
      const answered = answer.statusCode ?? 0
      status = answered
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > maxAnswerBytes) answer.destroy()
      })
      answer.on('error', () => {})
      answer.on('close', () => resolve({ status: answered }))
    })
    sent.end(body)
  })
}

/** Looks at the very addresses that are connected to: a name that resolves to something else a moment later gains nothing. */
export function allowedLookup(allowLoopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '')
      const [first] = addresses
      if (!first || addresses.some(({ address }) => !isAllowedAddress(address, allowLoopback)))
        return callback(Object.assign(new Error('no public address'), { code: refused }), '')
      if (options.all) (callback as (error: null, found: LookupAddress[]) => void)(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function reasonOf(error: Error): Exclude<DeliveryError, 'status'> {
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === refused) return 'address_refused'
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timeout'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unknown_host'
  // OpenSSL's own names: SELF_SIGNED_CERT_IN_CHAIN, CERT_HAS_EXPIRED, UNABLE_TO_VERIFY_LEAF_SIGNATURE, …
  if (/CERT|^ERR_TLS_|^UNABLE_TO_/.test(code)) return 'bad_certificate'
  return 'no_connection'
}

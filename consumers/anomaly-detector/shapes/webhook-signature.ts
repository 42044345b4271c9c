/** The headers that say who sent a webhook something, and what it is (docs/anomaly-detection.md). */
import { createHmac } from 'node:crypto'

/** @param id the same for every try */
export function signedHeaders(id: string, body: string, secret: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  return {
    'content-type': 'application/json',
    'user-agent': 'Retrace',
    'retrace-id': id,
    'retrace-timestamp': timestamp,
    'retrace-signature': `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
  }
}

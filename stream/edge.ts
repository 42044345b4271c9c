/** Requests that come through a CloudFront distribution of ours: what it says of the viewer is believed, nobody else's word is. */
import { hash, timingSafeEqual } from 'node:crypto'

/** The distribution adds it to what it passes on (cdk/cloudfront.ts), with a key that nobody else knows. */
export const edgeKeyHeader = 'x-retrace-edge'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/**
 * @param key empty: there is no distribution
 * @returns the viewer's address; undefined when the request came another way
 */
export function viewerAddress(headers: Headers, key: string): string | undefined {
  const given = headers[edgeKeyHeader]
  if (key === '' || typeof given !== 'string' || !isSame(given, key)) return undefined
  // `198.51.100.10:46532`, `2001:db8::1:46532`: "Add CloudFront request headers", CloudFront guide.
  const address = headers['cloudfront-viewer-address']
  return typeof address === 'string' ? /^(.+):\d+$/.exec(address)?.[1] : undefined
}

/** By hashes, in constant time, so that an answer's time tells nothing of the key. */
function isSame(given: string, key: string): boolean {
  return timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', key, 'buffer'))
}

/**
 * Makes the viewer's address the only one that a request was forwarded for: behind a load balancer whose word is believed
 * on that, it is then the request's address.
 */
export function forwardViewer(headers: Record<string, string | string[] | undefined>, key: string): void {
  const address = viewerAddress(headers, key)
  if (address !== undefined) headers['x-forwarded-for'] = address
}

/** Behind CloudFront: whose word on a visitor's address is believed. */
import { afterAll, describe, expect, it } from 'vitest'
import { edgeKeyHeader, viewerAddress } from '../stream/edge.ts'
import { BareIngest, requestBody } from './support/bare-ingest.ts'

const endpoint = new BareIngest()
afterAll(() => endpoint.app.close())

/** The visitor of a request that the load balancer passed on, as it writes down who connected to it. */
async function visitorOf(connected: string, headers: Record<string, string>): Promise<string> {
  endpoint.stored = []
  const answer = await endpoint.post(requestBody(), { 'x-forwarded-for': connected, ...headers }, '127.0.0.1')
  expect(answer.statusCode).toBe(202)
  return JSON.parse(`${endpoint.stored[0]}`).visitor
}

const key = { [edgeKeyHeader]: 'the key of the edge' }

describe('a request through CloudFront', () => {
  it("is its viewer's, whichever edge it came from and whatever the viewer wrote", async () => {
    const direct = await visitorOf('198.51.100.10', {})
    const viewer = { 'cloudfront-viewer-address': '198.51.100.10:46532' }
    expect(await visitorOf('203.0.113.1', { ...key, ...viewer })).toBe(direct)
    expect(await visitorOf('192.0.2.66, 203.0.113.2', { ...key, ...viewer })).toBe(direct)
  })

  it('is believed for its key alone', async () => {
    const edge = await visitorOf('203.0.113.1', {})
    for (const [given, viewer] of [
      [undefined, '198.51.100.10:46532'],
      ['a guess', '198.51.100.10:46532'],
      ['the key of the edge', undefined],
      ['the key of the edge', 'nonsense'],
    ])
      expect(
        await visitorOf('203.0.113.1', {
          ...(given !== undefined && { [edgeKeyHeader]: given }),
          ...(viewer !== undefined && { 'cloudfront-viewer-address': viewer }),
        }),
      ).toBe(edge)
  })

  it('may come from an address of either kind, and from none where there is no key', () => {
    const of = (address: string) => ({ ...key, 'cloudfront-viewer-address': address })
    expect(viewerAddress(of('2001:db8::1:46532'), 'the key of the edge')).toBe('2001:db8::1')
    expect(viewerAddress({ ...of('198.51.100.10:46532'), [edgeKeyHeader]: '' }, '')).toBeUndefined()
  })
})

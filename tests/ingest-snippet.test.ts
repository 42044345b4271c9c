/** The browser script as the endpoint serves it. */
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { BareIngest } from './support/bare-ingest.ts'

const { app } = new BareIngest()
afterAll(() => app.close())

describe('the snippet', () => {
  it.each([
    ['/retrace.js', 'text/javascript; charset=utf-8'],
    ['/retrace-more.js', 'text/javascript; charset=utf-8'],
    ['/retrace-map.js', 'text/javascript; charset=utf-8'],
    ['/retrace.mjs', 'text/javascript; charset=utf-8'],
    ['/retrace.d.mts', 'application/typescript; charset=utf-8'],
  ])('is served to any page, with integrity or without: %s', async (url, type) => {
    const answer = await app.inject({ url })
    expect(answer.body).toBe(`/* ${url.slice(1)} */`)
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'public, max-age=3600',
    })
  })

  it('is sent compressed, and not again to who has it', async () => {
    const headers = { 'accept-encoding': 'gzip, deflate, br' }
    const answer = await app.inject({ url: '/retrace.js', headers })
    expect(answer.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' })
    expect(brotliDecompressSync(answer.rawPayload).toString()).toBe('/* retrace.js */')
    const etag = String(answer.headers.etag)
    const again = await app.inject({ url: '/retrace.js', headers: { ...headers, 'if-none-match': etag } })
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag])
    const plain = await app.inject({ url: '/retrace.js', headers: { 'if-none-match': etag } })
    expect([plain.statusCode, plain.body]).toEqual([200, '/* retrace.js */'])
  })
})

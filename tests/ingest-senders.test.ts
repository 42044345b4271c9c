/** What the endpoint keeps of who sends, by what the site and the sender ask for. */
import { afterAll, describe, expect, it } from 'vitest'
import { BareIngest, requestBody } from './support/bare-ingest.ts'
import { anEvent, chrome } from './support/events.ts'

const endpoint = new BareIngest()
afterAll(() => endpoint.app.close())

describe('privacy', () => {
  it.each([{ dnt: '1' }, { 'sec-gpc': '1' }])('stores nothing of who asks not to be tracked (%o)', async (headers) => {
    endpoint.stored = []
    const answer = await endpoint.post(requestBody(), headers as Record<string, string>)
    expect([answer.statusCode, answer.json()]).toEqual([202, { accepted: 0, rejected: [] }])
    expect(endpoint.stored).toEqual([])
  })

  it('makes no visitor for a strict site', async () => {
    endpoint.stored = []
    await endpoint.post(requestBody('strict'))
    expect(JSON.parse(endpoint.stored[0] ?? '')).not.toHaveProperty('visitor')
    await endpoint.post(requestBody())
    expect(JSON.parse(endpoint.stored[1] ?? '')).toHaveProperty('visitor')
  })

  it('takes events of a site with origins from those pages alone', async () => {
    const from = (origin: string) => endpoint.post(requestBody('owned'), { origin })
    expect((await from('https://shop.example')).statusCode).toBe(202)
    expect((await from('https://evil.example')).json()).toMatchObject({ code: 'origin_not_allowed' })
  })
})

describe('the pixel', () => {
  it('stores a page view and answers with an image that is not kept', async () => {
    endpoint.stored = []
    const answer = await endpoint.app.inject({
      url: '/v1/pixel.gif?site=demo&url=https%3A%2F%2Fshop.example%2Fmail%3Ftoken%3Dx',
    })
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['cache-control']]).toEqual([
      200,
      'image/gif',
      'no-store',
    ])
    expect(JSON.parse(endpoint.stored[0] ?? '')).toMatchObject({
      site: 'demo',
      events: [{ type: 'pageview', url: 'https://shop.example/mail' }],
    })
  })

  it.each(['site=demo', 'site=demo&url=nowhere', 'site=demo&url=https://a.example&type=click'])(
    'refuses %s',
    async (query) => {
      const answer = await endpoint.app.inject({ url: `/v1/pixel.gif?${query}` })
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'bad_event'])
    },
  )
})

describe('the network of a visitor', () => {
  const from = (name: string, remoteAddress: string) =>
    endpoint.app.inject({
      method: 'POST',
      url: '/v1/events',
      remoteAddress,
      headers: { 'content-type': 'text/plain', 'user-agent': chrome },
      payload: requestBody(name),
    })
  const networks = () => endpoint.stored.map((delivery): unknown => JSON.parse(delivery).network)

  it('is kept as four digits of a hash where the site asks for it, whoever of the network comes', async () => {
    endpoint.stored = []
    for (const address of ['203.0.113.7', '::ffff:203.0.113.200', '198.51.100.7', '2001:db8:1:2::1', '2001:db8:1::9'])
      expect((await from('networks', address)).statusCode).toBe(202)
    const [office, colleague, other, home, phone] = networks()
    expect(office).toMatch(/^[0-9a-f]{4}$/)
    expect(colleague).toBe(office)
    expect(phone).toBe(home)
    expect(new Set([office, other, home]).size).toBe(3)
    expect(endpoint.stored.join()).not.toContain('203.0.113')
  })

  it('is kept by the pixel too', async () => {
    endpoint.stored = []
    const url = '/v1/pixel.gif?site=networks&url=https%3A%2F%2Fshop.example%2Fmail'
    expect((await endpoint.app.inject({ url, remoteAddress: '203.0.113.7' })).statusCode).toBe(200)
    expect(networks()).toEqual([expect.stringMatching(/^[0-9a-f]{4}$/)])
  })

  it('is kept of an imported log, where that has addresses', async () => {
    endpoint.stored = []
    const events = ['203.0.113.7', 'crawl-66.example.com'].map((address, n) => ({
      ...anEvent({ n }),
      address,
      userAgent: chrome,
    }))
    const answer = await endpoint.app.inject({
      method: 'POST',
      url: '/v1/import',
      headers: { authorization: 'Bearer token' },
      payload: { site: 'networks', source: 'a'.repeat(64), line: 2, prefix: 'b'.repeat(64), done: true, events },
    })
    expect(answer.json()).toMatchObject({ accepted: 2 })
    await from('networks', '203.0.113.99')
    const [imported, unknown, live] = networks()
    expect(live).toMatch(/^[0-9a-f]{4}$/)
    expect([imported, unknown]).toEqual([live, undefined])
  })

  it('is in no delivery of any other site', async () => {
    endpoint.stored = []
    await from('demo', '203.0.113.7')
    await from('strict', '203.0.113.7')
    expect(endpoint.stored.map((delivery) => 'network' in JSON.parse(delivery))).toEqual([false, false])
  })
})

describe('the tag of a request', () => {
  const tagged = (tag: unknown, events: unknown[] = [anEvent()]) =>
    JSON.stringify({ site: 'demo', sentAt: Date.now(), tag, events })
  const tagsOf = (deliveries: string[]) => deliveries.map((delivery) => JSON.parse(delivery).tag)

  it.each(['office', 'büro 🌿', 'x'.repeat(64)])('is endpoint.stored with its delivery: %s', async (tag) => {
    endpoint.stored = []
    expect((await endpoint.post(tagged(tag))).json()).toEqual({ accepted: 1, rejected: [] })
    // As parsed, in another order of fields.
    await endpoint.post(JSON.stringify({ tag, events: [anEvent()], sentAt: Date.now(), site: 'demo' }))
    expect(tagsOf(endpoint.stored)).toEqual([tag, tag])
  })

  it.each([[undefined], [null]])('may be left out: %o', async (tag) => {
    endpoint.stored = []
    expect((await endpoint.post(tagged(tag))).json()).toEqual({ accepted: 1, rejected: [] })
    expect(JSON.parse(endpoint.stored[0] ?? '')).not.toHaveProperty('tag')
  })

  it.each([['x'.repeat(65)], [''], ['a\nb'], ['\ud800'], [5], [{}], [['office']]])(
    'is left out and told of when it is none, and no event is lost by it: %o',
    async (tag) => {
      endpoint.stored = []
      const before = endpoint.metrics.warnings
      const answer = await endpoint.post(tagged(tag, [anEvent(), {}]))
      expect(answer.statusCode).toBe(202)
      expect(answer.json()).toMatchObject({
        accepted: 1,
        rejected: [{ index: 1, code: 'unknown_type' }],
        warnings: [{ field: 'tag', code: 'bad_field', message: expect.stringContaining('64 printable characters') }],
      })
      expect(JSON.parse(endpoint.stored[0] ?? '')).not.toHaveProperty('tag')
      expect(endpoint.metrics.warnings).toBe(before + 1)
    },
  )

  it('is taken by the pixel, whose events are endpoint.stored with a bad one too', async () => {
    endpoint.stored = []
    const page = 'site=demo&url=https%3A%2F%2Fshop.example%2Fmail'
    for (const tag of ['office', 'x'.repeat(65)])
      expect((await endpoint.app.inject({ url: `/v1/pixel.gif?${page}&tag=${tag}` })).statusCode).toBe(200)
    expect(tagsOf(endpoint.stored)).toEqual(['office', undefined])
  })
})

/** A webhook leads to public addresses alone, whatever its URL is called, and takes neither long nor much. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allowedLookup, post } from '../consumers/anomaly-detector/shapes/post.ts'
import { checkWebhookUrl, isAllowedAddress } from '../consumers/anomaly-detector/shapes/webhook-address.ts'
import { type Receiver, startReceiver } from './support/receiver.ts'

const notPublic = [
  ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...['169.254.169.254', '169.254.170.2', '192.0.2.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
  ...['::', '::1', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '2001:db8::1'],
  // An IPv4 address in the clothes of an IPv6 one.
  ...['::ffff:127.0.0.1', '::ffff:169.254.169.254', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::a00:1', '2002:7f00:1::'],
]
const isPublic = ['8.8.8.8', '172.32.0.1', '172.15.255.255', '100.128.0.1', '2a00:1450:4001:81b::200e', '2606:4700::1']

describe('an address', () => {
  it.each(notPublic)('%s is refused', (address) => {
    expect(isAllowedAddress(address, false)).toBe(false)
  })
  it.each(isPublic)('%s is public', (address) => {
    expect(isAllowedAddress(address, false)).toBe(true)
  })
  it('of this machine is allowed where the installation says so, and no other with it', () => {
    const allowed = [...notPublic].filter((address) => isAllowedAddress(address, true))
    expect(allowed).toEqual(['127.0.0.1', '127.1.2.3', '::1'])
    expect(isAllowedAddress('not an address', true)).toBe(false)
  })
})

describe('a URL', () => {
  it.each([
    ['https://example.org/alerts?key=1', false],
    ['https://8.8.8.8:8443/', false],
    ['http://127.0.0.1:9000/alerts', true],
    ['http://localhost:9000/', true],
    ['http://[::1]:9000/', true],
  ])('%s is taken (on this machine: %s)', (url, allowLoopback) => {
    expect(checkWebhookUrl(url, allowLoopback)).toMatchObject({ ok: true })
  })
  it.each([
    ['http://example.org/', true, 'https'],
    ['http://127.0.0.1/', false, 'https'],
    ['https://127.0.0.1/', false, 'public'],
    ['https://localhost/', false, 'public'],
    ['https://0x7f.1/', false, 'public'],
    ['https://2130706433/', false, 'public'],
    ['https://[::ffff:127.0.0.1]/', true, 'public'],
    ['https://169.254.169.254/latest/meta-data', true, 'public'],
    ['http://10.0.0.1/', true, 'https'],
    ['https://user:password@example.org/', true, 'user name'],
    ['ftp://example.org/', true, 'https'],
    ['file:///etc/passwd', true, 'https'],
    ['example.org', true, 'address'],
    [`https://example.org/${'a'.repeat(2000)}`, false, 'address'],
  ])('%s is not (on this machine: %s)', (url, allowLoopback, why) => {
    const result = checkWebhookUrl(url, allowLoopback)
    expect(result.ok ? '' : result.message).toContain(why)
  })
})

describe('a POST', () => {
  let receiver: Receiver
  beforeEach(async () => {
    receiver = await startReceiver()
  })
  afterEach(() => receiver.close())
  const send = (url: string, allowLoopback = true, timeoutMs = 2000) =>
    post(url, { 'content-type': 'text/plain' }, 'hällo', { allowLoopback, timeoutMs })

  it('arrives whole', async () => {
    expect(await send(receiver.url)).toEqual({ status: 204 })
    expect(receiver.received).toMatchObject([{ body: 'hällo', headers: { 'content-length': '6' } }])
  })

  it('does not reach this machine', async () => {
    const { port } = new URL(receiver.url)
    for (const host of ['localhost', '127.0.0.1', '[::1]', '127.1'])
      for (const scheme of ['https', 'http'])
        expect(await send(`${scheme}://${host}:${port}/`, false), host).toEqual({ error: 'address_refused' })
    expect(receiver.received).toEqual([])
  })

  it.each([true, false])('connects to what a name resolves to only when that is allowed (all: %s)', async (all) => {
    const found = (allowLoopback: boolean) =>
      new Promise((resolve) => {
        allowedLookup(allowLoopback)('localhost', { all }, (error, addresses) =>
          resolve(error?.code ?? [addresses].flat()),
        )
      })
    expect(await found(false)).toBe('ADDRESS_REFUSED')
    const addresses = ((await found(true)) as (string | { address: string })[]).map((each) =>
      typeof each === 'string' ? each : each.address,
    )
    expect(addresses.length).toBeGreaterThan(0)
    for (const address of addresses) expect(['127.0.0.1', '::1']).toContain(address)
  })

  it('follows no redirect', async () => {
    receiver.answer = (response) => response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end()
    expect(await send(receiver.url)).toEqual({ status: 302 })
    expect(receiver.received).toHaveLength(1)
  })

  it('ends in time when nobody answers, and when an answer does not end', async () => {
    receiver.answer = () => {}
    expect(await send(receiver.url, true, 200)).toEqual({ error: 'timeout' })
    receiver.answer = (response) => response.writeHead(200).write('on and on')
    expect(await send(receiver.url, true, 200)).toEqual({ status: 200 })
  })

  it('reads no more than a kilobyte of the answer', async () => {
    let isCutOff = false
    receiver.answer = (response) => {
      response.on('close', () => (isCutOff = !response.writableFinished))
      response.writeHead(200)
      const more = setInterval(() => (response.destroyed ? clearInterval(more) : response.write('x'.repeat(600))), 5)
    }
    expect(await send(receiver.url, true, 5000)).toEqual({ status: 200 })
    await expect.poll(() => isCutOff).toBe(true)
  })

  it('says why it did not arrive', async () => {
    const { port } = new URL(receiver.url)
    expect(await send('https://no-such-host.invalid/')).toEqual({ error: 'unknown_host' })
    // It does not speak TLS.
    expect(await send(`https://127.0.0.1:${port}/`)).toEqual({ error: 'no_connection' })
    expect(await send('http://127.0.0.1:1/')).toEqual({ error: 'no_connection' })
  })
})

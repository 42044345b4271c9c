/** Networks of visitors: which network an address is in, its hash, and how an owner asks for that of a range. */
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDynamoClient } from '../ingest/dynamodb.ts'
import { hashNetwork, hashNetworkOf, networkOf, parseAddress } from '../ingest/network.ts'
import { createSalts } from '../ingest/salts.ts'
import { networksOf } from '../local/rules/ranges.ts'
import { makeDataFolder, removeDataFolder, runToEnd as runProcess } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'

const network = (address: string) => {
  const parsed = parseAddress(address)
  return parsed && networkOf(parsed)
}

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['::ffff:cb00:7107', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:DB8:0001::6', '2001:db8:1::/48'],
    ['2001:db8::', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['::ffff:0:203.0.113.7', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
  ])('of %s is %s', (address, expected) => expect(network(address)).toBe(expected))

  it.each(['', 'crawl-66.example.com', '203.0.113', '203.0.113.256', '::g', '1:2:3', '-'])('of "%s" is none', (text) =>
    expect(parseAddress(text)).toBeUndefined(),
  )

  it('is that of all addresses with the same first bits, and of no other', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
        const first = (address: string) => address.split('.').slice(0, 3).join('.')
        expect(network(a) === network(b)).toBe(first(a) === first(b))
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        // What the platform makes of it, as another reader of the same text.
        const { hostname } = new URL(`http://[${address}]/`)
        expect(network(hostname.slice(1, -1))).toBe(network(address))
      }),
    )
  })
})

describe('a range of addresses', () => {
  it.each([
    ['203.0.113.0/24', ['203.0.113.0/24']],
    ['203.0.112.0/22', ['203.0.112.0/24', '203.0.113.0/24', '203.0.114.0/24', '203.0.115.0/24']],
    ['2001:db8:1::/48', ['2001:db8:1::/48']],
    ['2001:db8:10::/47', ['2001:db8:10::/48', '2001:db8:11::/48']],
  ])('%s has the networks %j', (range, networks) => expect(networksOf(range)).toEqual({ ok: true, networks }))

  it.each(['203.0.112.0/20', '2001:db8:30::/44'])('%s has sixteen, the most', (range) => {
    expect(networksOf(range)).toMatchObject({ ok: true, networks: { length: 16 } })
  })

  it.each([
    ['office', '"office" is no range of addresses such as 203.0.113.0/24 or 2001:db8:1::/48'],
    ['203.0.113.0/24/7', 'is no range'],
    ['203.0.113.0/', 'is no range'],
    ['203.0.113.0/-1', 'is no range'],
    ['203.0.113.7', 'is one address. What is kept is its network, with everybody in it: ask for 203.0.113.0/24'],
    ['203.0.113.0/33', 'an address has fewer bits than 33'],
    ['203.0.113.64/28', 'is narrower than what is kept, a /24'],
    ['2001:db8:1:2::/64', 'ask for 2001:db8:1::/48'],
    ['203.0.0.0/16', 'is wider than 16 networks, a /20'],
    ['2001:db8::/32', 'is wider than 16 networks, a /44'],
    ['203.0.113.7/24', 'does not begin where its range does: ask for 203.0.113.0/24'],
    ['203.0.113.0/22', 'does not begin where its range does: ask for 203.0.112.0/22'],
    ['2001:db8:11::/47', 'ask for 2001:db8:10::/47'],
  ])('%s is refused with a sentence', (range, message) => {
    expect(networksOf(range)).toEqual({ ok: false, message: expect.stringContaining(message) })
  })
})

describe('the hash of a network', () => {
  let stores: TestStores
  let folder: string
  beforeAll(async () => {
    stores = await startStores()
    folder = await makeDataFolder()
  })
  afterAll(async () => {
    await stores.close()
    await removeDataFolder(folder)
  })

  const table = () => `${stores.settings.RETRACE_TABLE_PREFIX}salts`
  /** As another instance of the endpoint has it. */
  const salts = () => createSalts(createDynamoClient(), table())
  const tell = (...range: string[]) =>
    runProcess('local/rules/cli.ts', ['network', ...range], { ...process.env, RETRACE_DATA_DIR: folder })

  it('is the same at every instance of the endpoint, and what the owner is told', async () => {
    const hash = await hashNetworkOf(salts(), '203.0.113.7')
    expect(hash).toMatch(/^[0-9a-f]{4}$/)
    expect(await hashNetworkOf(salts(), '203.0.113.99')).toBe(hash)
    const { code, output } = await tell('203.0.113.0/24')
    expect(code, output).toBe(0)
    expect(output).toContain(`203.0.113.0/24  ${hash}\n`)
    expect(output).toContain(`"networks": ["${hash}"]`)
  })

  it('is told for each network of a range', async () => {
    const { output } = await tell('203.0.112.0/22')
    for (const name of ['203.0.112.0/24', '203.0.113.0/24', '203.0.114.0/24', '203.0.115.0/24'])
      expect(output).toContain(`${name}  ${await hashNetwork(salts(), name)}\n`)
  })

  it('is told of nothing that is no range', async () => {
    expect(await tell('203.0.113.7')).toMatchObject({
      code: 2,
      output: expect.stringContaining('ask for 203.0.113.0/24'),
    })
    expect(await tell()).toMatchObject({ code: 2, output: expect.stringContaining('network needs a RANGE') })
  })

  it('is spread evenly over 65,536 values', async () => {
    const known = salts()
    const networks = Array.from({ length: 20_000 }, (_, i) => `${10 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`)
    const hashes = new Set(await Promise.all(networks.map((name) => hashNetwork(known, name))))
    // 65,536 · (1 − e^(−20,000/65,536)) = 17,236, with a standard deviation of some 40.
    expect(hashes.size).toBeGreaterThan(17_000)
    expect(hashes.size).toBeLessThan(17_500)
  })

  it('cannot be made again when the secret is gone', async () => {
    const of = async () =>
      Promise.all(['203.0.113.7', '198.51.100.7'].map((address) => hashNetworkOf(salts(), address)))
    const before = await of()
    await new DynamoDBClient({}).send(new DeleteItemCommand({ TableName: table(), Key: { day: { S: 'network' } } }))
    expect(await of()).not.toEqual(before)
  })
})

/** The endpoint as a Lambda function with a URL: bundled as it is deployed, over the embedded servers, frozen between requests. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createS3Client, listOverflow } from '../ingest/overflow.ts'
import { createFaultProxy, type FaultProxy } from '../load-test/faults/proxy.ts'
import { type DecodedRecord, decodeRecord } from '../stream/record.ts'
import { anEvent, chrome } from './support/events.ts'
import { ask, type FunctionInstance, startInstance, type UrlRequest } from './support/function-instance.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { shardReader } from './support/stream.ts'
import { removeSynthesised, synthesisedStack } from './support/synthesised-stack.ts'

let stores: TestStores
let bundle: string
let env: NodeJS.ProcessEnv
const proxies: Record<'KINESIS' | 'S3', FaultProxy | undefined> = { KINESIS: undefined, S3: undefined }
const instances: FunctionInstance[] = []

beforeAll(async () => {
  const synthesised = synthesisedStack({ endpointHost: 'lambda', servers: 'elsewhere' }, 'bundled')
  const { Code, Environment } = synthesised.one('AWS::Lambda::Function', 'EndpointFunction').Properties as {
    Code: { S3Key: string }
    Environment: { Variables: Record<string, unknown> }
  }
  bundle = join(synthesised.assembly, `asset.${Code.S3Key.replace('.zip', '')}`, 'index.mjs')
  stores = await startStores()
  env = { ...process.env, RETRACE_LINGER_MS: `${Environment.Variables.RETRACE_LINGER_MS}` }
  for (const service of ['KINESIS', 'S3'] as const) {
    const name = `AWS_ENDPOINT_URL_${service}`
    const proxy = await createFaultProxy({
      target: `${process.env[name]}`,
      seed: 1,
      rules: [],
      now: () => performance.now(),
    })
    proxies[service] = proxy
    env[name] = proxy.url
  }
}, 240_000)
afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.end()))
  await Promise.all(Object.values(proxies).map((proxy) => proxy?.close()))
  await stores.close()
  removeSynthesised()
})

async function anInstance(): Promise<FunctionInstance> {
  const instance = await startInstance(bundle, env)
  instances.push(instance)
  return instance
}

const setOutage = (service: 'KINESIS' | 'S3', isOut: boolean) =>
  proxies[service]?.setRules(isOut ? [{ kind: 'refuse' }] : [])

let loads = 0
/** Another page load each. */
function post(different: Partial<UrlRequest> = {}, events = 1) {
  const load = (loads++).toString(16).padStart(16, '0')
  const sent = Array.from({ length: events }, (_, n) => anEvent({ load, n }))
  const request: UrlRequest = {
    method: 'POST',
    path: '/v1/events',
    headers: { 'content-type': 'text/plain', 'user-agent': chrome },
    body: JSON.stringify({ site: 'demo', sentAt: Date.now(), events: sent }),
    ...different,
  }
  return { request, ids: sent.map(({ n }) => `${load} ${n}`) }
}

async function storedRecords(): Promise<DecodedRecord[]> {
  const reader = shardReader(stores.settings)
  const decoded: DecodedRecord[] = []
  for (const { shardId } of await reader.listShards())
    for (const { data } of (await reader.open(shardId, undefined).read(10_000)).records) {
      const record = decodeRecord(data)
      if (!record.ok) throw new Error(record.error.message)
      decoded.push(record)
    }
  return decoded
}
const deliveriesIn = (records: DecodedRecord[]) => records.flatMap(({ deliveries }) => deliveries)
const idsIn = (records: DecodedRecord[]) =>
  deliveriesIn(records).flatMap(({ events }) => events.map(({ load, n }) => `${load} ${n}`))

describe('the endpoint as a function', () => {
  it('is bundled under a megabyte', () => {
    expect(statSync(bundle).size).toBeLessThan(1_000_000)
  })

  it('has stored what it acknowledges, each event once, in instances that are frozen between requests', async () => {
    const some = await Promise.all([anInstance(), anInstance(), anInstance()])
    const posted: string[] = []
    for (let round = 0; round < 5; round++)
      await Promise.all(
        some.map(async (instance, i) => {
          const { request, ids } = post({ sourceIp: `198.51.100.${i + 1}` }, 3)
          const answer = await ask(instance, request)
          expect([answer.statusCode, JSON.parse(`${answer.body}`)]).toEqual([202, { accepted: 3, rejected: [] }])
          expect(idsIn(await storedRecords())).toEqual(expect.arrayContaining(ids))
          posted.push(...ids)
        }),
      )
    const records = await storedRecords()
    expect(idsIn(records).sort()).toEqual(posted.sort())

    const sequences = new Map<string, number[]>()
    for (const { header } of records)
      sequences.set(header.producerId, [...(sequences.get(header.producerId) ?? []), header.producerSequence])
    expect(sequences.size).toBeGreaterThanOrEqual(some.length)
    for (const numbers of sequences.values()) expect(numbers).toEqual(numbers.map((_, i) => i))
  }, 60_000)

  it('reads bodies as they were posted, and answers as the app does', async () => {
    const instance = await anInstance()
    const { request, ids } = post()
    const zipped = await ask(instance, {
      ...request,
      body: gzipSync(`${request.body}`),
      headers: { ...request.headers, 'content-encoding': 'gzip', origin: 'https://shop.example' },
    })
    expect(zipped.statusCode).toBe(202)
    expect(zipped.headers['access-control-allow-origin']).toBe('*')
    expect(idsIn(await storedRecords())).toEqual(expect.arrayContaining(ids))

    const preflight = await ask(instance, { method: 'OPTIONS', path: '/v1/events' })
    expect([preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([204, 'POST, GET'])
    const pixel = await ask(instance, { path: '/v1/pixel.gif', query: 'site=demo&url=https%3A%2F%2Fshop.example%2F' })
    expect([pixel.statusCode, pixel.body.subarray(0, 6).toString()]).toEqual([200, 'GIF89a'])
    const script = await ask(instance, { path: '/retrace.js', headers: { 'accept-encoding': 'br' } })
    expect([script.statusCode, script.headers['content-encoding']]).toEqual([200, 'br'])
    expect(script.body.length).toBeGreaterThan(1000)
    const bad = await ask(instance, { ...request, body: 'no JSON' })
    expect([bad.statusCode, JSON.parse(`${bad.body}`).code]).toEqual([400, 'unreadable_body'])
  }, 60_000)

  it('shows nothing that is not for pages', async () => {
    const instance = await anInstance()
    for (const path of ['/metrics', '/healthz', '/readyz', '/v1/imports/demo/x'])
      expect((await ask(instance, { path })).statusCode).toBe(404)
    expect((await ask(instance, { ...post().request, path: '/v1/import' })).statusCode).toBe(404)
  }, 60_000)

  it('goes by the address that reached Lambda, whatever a header says', async () => {
    const instance = await anInstance()
    const visitorOf = async (sourceIp: string, forwarded: string) => {
      const { request, ids } = post({ sourceIp })
      await ask(instance, { ...request, headers: { ...request.headers, 'x-forwarded-for': forwarded } })
      const deliveries = deliveriesIn(await storedRecords())
      return deliveries.find(({ events }) => ids[0] === `${events[0]?.load} 0`)?.visitor
    }
    const visitor = await visitorOf('192.0.2.1', '192.0.2.1')
    expect(visitor).toMatch(/^[0-9a-f]{16}$/)
    expect(await visitorOf('192.0.2.1', '192.0.2.99')).toBe(visitor)
    expect(await visitorOf('192.0.2.2', '192.0.2.1')).not.toBe(visitor)
  }, 60_000)

  it('stores in the overflow while Kinesis is away, says 503 while both are, and takes again at once', async () => {
    const instance = await anInstance()
    const overflow = async () => (await listOverflow(createS3Client(), stores.settings.RETRACE_BUCKET, 100)).length
    expect((await ask(instance, post().request)).statusCode).toBe(202)

    setOutage('KINESIS', true)
    const kept = post()
    expect((await ask(instance, kept.request)).statusCode).toBe(202)
    expect(await overflow()).toBe(1)
    expect(idsIn(await storedRecords())).not.toContain(kept.ids[0])

    setOutage('S3', true)
    const refused = post()
    const answer = await ask(instance, refused.request)
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1'])
    expect(JSON.parse(`${answer.body}`).code).toBe('unavailable')

    setOutage('KINESIS', false)
    setOutage('S3', false)
    // Nothing went on while it was frozen: the next request finds out by itself.
    expect((await ask(instance, refused.request)).statusCode).toBe(202)
    expect(idsIn(await storedRecords()).filter((id) => refused.ids.includes(id))).toHaveLength(1)
    expect(await overflow()).toBe(1)
  }, 60_000)
})

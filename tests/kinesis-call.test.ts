/**
 * Calls to Kinesis that do without the SDK's middleware: signed as the SDK signs, to where the SDK would send them, and
 * honest about what came back.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { KinesisClient, ListShardsCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { HttpRequest } from '@smithy/core/protocols'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKinesisClient, putRecordsTo } from '../ingest/kinesis.ts'
import { createKinesisCall } from '../ingest/kinesis-call.ts'
import { createSigner } from '../ingest/signature.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const target = 'Kinesis_20131202.PutRecords'
const record = { hashKey: '340282366920938463463374607431768211455', partitionKey: '00ff', record: Buffer.from('ä\0"') }

describe('a signature', () => {
  it.each([
    ['keys that last', credentials, '/'],
    ['keys of a role', { ...credentials, sessionToken: 'AQoDYXdzEPT//////////wEXAMPLE=' }, '/'],
    ['an endpoint below a path', credentials, '/kinesis'],
  ])('is the one that the SDK makes, day after day: %s', async (_kind, keys, path) => {
    const region = 'eu-central-1'
    const { config } = new KinesisClient({ region, credentials: keys })
    const sdk = await config.signer()
    const sign = createSigner('kinesis', region)
    const body = Buffer.from('{"StreamName":"retrace"}')
    // The second is of the same day, and the third of the next, with another key.
    for (const at of ['2026-11-29T00:00:00.000Z', '2026-11-29T23:59:59.999Z', '2026-11-30T00:00:00.000Z'].map(
      (time) => new Date(time),
    )) {
      const host = 'kinesis.eu-central-1.amazonaws.com'
      const own = sign(keys, { host, path, target, body, at })
      const { authorization, 'x-amz-date': time, 'x-amz-security-token': token, ...plain } = own
      const request = new HttpRequest({ method: 'POST', hostname: host, path, headers: plain, body })
      const signed = await sdk.sign(request, { signingDate: at, unsignableHeaders: new Set(['x-amz-content-sha256']) })
      expect(signed.headers).toMatchObject({ authorization, 'x-amz-date': time })
      expect(signed.headers['x-amz-security-token']).toBe(token)
    }
  })
})

describe('a call', () => {
  type Asked = { request: IncomingMessage; body: string }
  let server: Server
  let endpoint: string
  let asked: Asked[]
  let answer: (response: ServerResponse, asked: Asked) => void
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const one = { request, body: await text(request) }
      asked.push(one)
      answer(response, one)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    asked = []
  })
  afterAll(() => server.close())

  const clientOf = (options = {}) =>
    new KinesisClient({
      region: 'eu-central-1',
      credentials,
      endpoint,
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ requestTimeout: 300, throwOnRequestTimeout: true }),
      ...options,
    })
  const json = (response: ServerResponse, status: number, value: unknown, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers }).end(JSON.stringify(value))

  it('asks as the SDK asks', async () => {
    answer = (response) =>
      json(response, 200, { FailedRecordCount: 0, Records: [{ SequenceNumber: '1', ShardId: 'shardId-000000000007' }] })
    const client = clientOf()
    expect(await putRecordsTo(client, 'a-stream')([record])).toEqual([
      { stored: true, shardId: 'shardId-000000000007' },
    ])
    const { hashKey: ExplicitHashKey, partitionKey: PartitionKey, record: Data } = record
    await client.send(
      new PutRecordsCommand({ StreamName: 'a-stream', Records: [{ Data, PartitionKey, ExplicitHashKey }] }),
    )
    const [own, sdk] = asked
    expect(JSON.parse(own?.body ?? '')).toEqual(JSON.parse(sdk?.body ?? '.'))
    for (const one of ['method', 'url'] as const) expect(own?.request[one]).toBe(sdk?.request[one])
    for (const one of ['host', 'content-type', 'x-amz-target'])
      expect(own?.request.headers[one]).toBe(sdk?.request.headers[one])
  })

  it('goes where the environment says, as the rest of the SDK does', async () => {
    answer = (response) => json(response, 200, {})
    const environment = {
      AWS_ENDPOINT_URL_KINESIS: `${endpoint}/below`,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    }
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    const client = createKinesisClient()
    await createKinesisCall(client, 'PutRecords')(Buffer.from('{}'))
    await client.send(new ListShardsCommand({ StreamName: 'a-stream' }))
    vi.unstubAllEnvs()
    const [own, sdk] = asked
    expect(own?.request.url).toBe(sdk?.request.url)
    expect(own?.request.url).toMatch(/^\/below/)
  })

  it.each([
    ['a full name', { __type: 'com.amazonaws.kinesis#ProvisionedThroughputExceededException', message: 'too much' }],
    ['a name', { __type: 'ProvisionedThroughputExceededException', Message: 'too much' }],
    [
      'a name with a place',
      { __type: 'ProvisionedThroughputExceededException:http://somewhere/', message: 'too much' },
    ],
  ])('tells that it was throttled: %s', async (_kind, body) => {
    answer = (response) => json(response, 400, body, { 'x-amzn-requestid': 'r-1' })
    const [outcome] = await putRecordsTo(clientOf(), 'a-stream')([record])
    expect(outcome).toMatchObject({
      stored: false,
      throttled: true,
      cause: {
        name: 'ProvisionedThroughputExceededException',
        message: 'too much',
        statusCode: 400,
        requestId: 'r-1',
      },
    })
  })

  it.each([
    [500, 'no JSON', 'UnknownError'],
    [503, '"a text"', 'UnknownError'],
    [502, '', 'UnknownError'],
    [400, '{"__type":"ResourceNotFoundException","message":"no such stream"}', 'ResourceNotFoundException'],
  ])('tells what it was answered: %i %s', async (status, body, name) => {
    answer = (response) => response.writeHead(status).end(body)
    const [outcome] = await putRecordsTo(clientOf(), 'a-stream')([record])
    expect(outcome).toMatchObject({ stored: false, throttled: false, cause: { name, statusCode: status } })
  })

  it.each<[string, (response: ServerResponse) => void]>([
    ['is no JSON', (response) => response.end('<html>')],
    [
      'ends too early',
      (response) => response.writeHead(200, { 'content-length': '100' }).write('{"Reco', () => response.destroy()),
    ],
    ['does not come', (response) => response.destroy()],
    ['takes too long', () => {}],
  ])('is not known to have stored anything when the answer %s', async (_kind, respond) => {
    answer = respond
    const [outcome] = await putRecordsTo(clientOf(), 'a-stream')([record])
    expect(outcome).toMatchObject({ stored: false, throttled: false, cause: expect.any(Error) })
  })

  it('says of each record what became of it', async () => {
    answer = (response) =>
      json(response, 200, {
        Records: [
          { SequenceNumber: '1', ShardId: 'shardId-000000000000' },
          { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'rate' },
          { ErrorCode: 'InternalFailure', ErrorMessage: 'oh' },
        ],
      })
    expect(await putRecordsTo(clientOf(), 'a-stream')([record, record, record, record])).toMatchObject([
      { stored: true },
      { stored: false, throttled: true },
      { stored: false, throttled: false },
      // The answer says nothing of it.
      { stored: false, throttled: false },
    ])
  })

  it('mends its clock by what a refusal says', async () => {
    const hourMs = 3_600_000
    const ahead = Date.now() + hourMs
    answer = (response, { request }) => {
      const [, year, month, day, hour, minute, second] =
        /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? []
      const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
      if (Math.abs(signedAt - ahead) < 60_000) json(response, 200, { Records: [{ SequenceNumber: '1', ShardId: 's' }] })
      else json(response, 400, { __type: 'InvalidSignatureException' }, { date: new Date(ahead).toUTCString() })
    }
    const put = putRecordsTo(clientOf(), 'a-stream')
    expect(await put([record])).toMatchObject([{ stored: false, cause: { name: 'InvalidSignatureException' } }])
    expect(await put([record])).toMatchObject([{ stored: true }])
  })

  it('is tried anew when the first one had no credentials', async () => {
    answer = (response) => json(response, 200, { Records: [{ SequenceNumber: '1', ShardId: 's' }] })
    let attempts = 0
    const client = clientOf({
      credentials: async () => {
        if (attempts++ === 0) throw new Error('the role is not there yet')
        return credentials
      },
    })
    const put = putRecordsTo(client, 'a-stream')
    expect(await put([record])).toMatchObject([{ stored: false, cause: { message: 'the role is not there yet' } }])
    expect(await put([record])).toMatchObject([{ stored: true }])
  })
})

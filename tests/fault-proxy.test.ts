/** The fault proxy does to real clients and servers what its rules say, and nothing else. */
import {
  DynamoDBClient,
  GetItemCommand,
  InternalServerError,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb'
import { KinesisClient, PutRecordsCommand, type PutRecordsCommandOutput } from '@aws-sdk/client-kinesis'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseProxyCommand } from '../load-test/faults/options.ts'
import { createFaultProxy, type FaultProxy, type FaultProxyOptions } from '../load-test/faults/proxy.ts'
import { checkRule, type FaultRule } from '../load-test/faults/rules.ts'
import { readStream } from '../load-test/reconcile/read-stream.ts'
import { startStores, type TestStores } from './support/stores.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.close())

const opened: FaultProxy[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((proxy) => proxy.close()))
})

let clock = 0
async function proxyOf(
  service: 'KINESIS' | 'DYNAMODB' | 'S3',
  rules: FaultRule[],
  different: Partial<FaultProxyOptions> = {},
): Promise<FaultProxy> {
  const target = process.env[`AWS_ENDPOINT_URL_${service}`] as string
  const proxy = await createFaultProxy({ target, seed: 1, rules, now: () => clock, ...different })
  opened.push(proxy)
  return proxy
}

const oneAttempt = { maxAttempts: 1, requestHandler: new NodeHttpHandler() }
const kinesisAt = (endpoint: string) => new KinesisClient({ endpoint, ...oneAttempt })
const s3At = (endpoint: string) => new S3Client({ endpoint, forcePathStyle: true, ...oneAttempt })

let marks = 0
/** Puts records that carry a mark of their own each, so that they are found again among those of other tests. */
async function put(
  client: KinesisClient,
  count: number,
): Promise<{ marks: string[]; answer: PutRecordsCommandOutput }> {
  const made = Array.from({ length: count }, () => `mark ${marks++}`)
  const answer = client.send(
    new PutRecordsCommand({
      StreamName: stores.settings.RETRACE_STREAM,
      Records: made.map((mark) => ({ Data: Buffer.from(mark), PartitionKey: 'p', ExplicitHashKey: '0' })),
    }),
  )
  return { marks: made, answer: await answer }
}

async function stored(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const client = kinesisAt(process.env.AWS_ENDPOINT_URL_KINESIS as string)
  for await (const { sequenceNumber, data } of readStream(client, stores.settings.RETRACE_STREAM))
    found.set(Buffer.from(data).toString(), sequenceNumber)
  return found
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: Error & { code?: string }) => error.code ?? error.name,
  )

describe('without a rule that applies', () => {
  it('passes requests and answers of all three stores on, untouched', async () => {
    const kinesis = await proxyOf('KINESIS', [{ kind: 'throttle', operation: 'GetRecords' }])
    const { marks: made, answer } = await put(kinesisAt(kinesis.url), 3)
    const found = await stored()
    expect(answer.Records?.map((record) => record.SequenceNumber)).toEqual(made.map((mark) => found.get(mark)))

    const dynamo = new DynamoDBClient({ endpoint: (await proxyOf('DYNAMODB', [])).url, ...oneAttempt })
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: `${stores.settings.RETRACE_TABLE_PREFIX}sites`, Key: { site: { S: 'demo' } } }),
    )
    expect(Item?.name?.S).toBe('Demo site')

    const s3 = s3At((await proxyOf('S3', [])).url)
    const where = { Bucket: stores.settings.RETRACE_BUCKET, Key: 'through/the proxy+%' }
    const body = Buffer.alloc(3_000_000, 'bytes of an object ')
    await s3.send(new PutObjectCommand({ ...where, Body: body }))
    const back = await s3.send(new GetObjectCommand(where))
    expect(body.equals((await back.Body?.transformToByteArray()) ?? new Uint8Array())).toBe(true)
    expect(kinesis.stats()).toMatchObject({ requests: 1, forwarded: 1, unreachable: 0, rules: [{ times: 0 }] })
  })

  it('passes on what the store itself refuses', async () => {
    const proxy = await proxyOf('KINESIS', [])
    const answer = kinesisAt(proxy.url).send(new PutRecordsCommand({ StreamName: 'none', Records: [] }))
    expect(await failure(answer)).not.toBe('none')
    expect(proxy.stats().forwarded).toBe(1)
  })

  it('breaks off when there is no store behind it', async () => {
    const proxy = await proxyOf('KINESIS', [], { target: 'http://127.0.0.1:9' })
    expect(await failure(put(kinesisAt(proxy.url), 1))).toBe('ECONNRESET')
    expect(proxy.stats().unreachable).toBe(1)
  })
})

describe('partial', () => {
  it('refuses a share of the entries, stores the others, and answers for each in order', async () => {
    const proxy = await proxyOf('KINESIS', [{ kind: 'partial', share: 0.5 }])
    const { marks: made, answer } = await put(kinesisAt(proxy.url), 40)
    const found = await stored()
    const refused = answer.Records?.filter((record) => record.ErrorCode) ?? []
    expect(answer.FailedRecordCount).toBe(refused.length)
    expect(refused.length).toBeGreaterThan(10)
    expect(refused.length).toBeLessThan(30)
    expect(new Set(refused.map((record) => record.ErrorCode))).toEqual(
      new Set(['ProvisionedThroughputExceededException']),
    )
    expect(answer.Records?.map((record) => record.SequenceNumber)).toEqual(made.map((mark) => found.get(mark)))
    expect(proxy.stats().rules).toMatchObject([{ times: 1, entries: refused.length }])
  })

  it('answers by itself when every entry is refused', async () => {
    const proxy = await proxyOf('KINESIS', [{ kind: 'partial', share: 1 }])
    const { answer } = await put(kinesisAt(proxy.url), 2)
    expect(answer.FailedRecordCount).toBe(2)
    expect(proxy.stats().forwarded).toBe(0)
  })
})

describe('faults of whole requests', () => {
  it('throttles in the protocol of the client', async () => {
    const kinesis = kinesisAt((await proxyOf('KINESIS', [{ kind: 'throttle' }])).url)
    expect(await failure(put(kinesis, 1))).toBe('ProvisionedThroughputExceededException')
    const s3 = s3At((await proxyOf('S3', [{ kind: 'throttle', operation: 'PUT' }])).url)
    expect(await failure(s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' })))).toBe('SlowDown')
    expect(await failure(s3.send(new GetObjectCommand({ Bucket: 'retrace', Key: 'missing' })))).toBe('NoSuchKey')
  })

  it('tells clients of DynamoDB what DynamoDB would, so that they know to try again', async () => {
    const read = async (kind: 'throttle' | 'error500') => {
      const { url } = await proxyOf('DYNAMODB', [{ kind }])
      const Key = { site: { S: 'demo' } }
      const client = new DynamoDBClient({ endpoint: url, ...oneAttempt })
      return client.send(new GetItemCommand({ TableName: `${stores.settings.RETRACE_TABLE_PREFIX}sites`, Key }))
    }
    await expect(read('throttle')).rejects.toBeInstanceOf(ProvisionedThroughputExceededException)
    await expect(read('error500')).rejects.toBeInstanceOf(InternalServerError)
  })

  it('fails with 500', async () => {
    const proxy = await proxyOf('KINESIS', [{ kind: 'error500' }])
    await expect(put(kinesisAt(proxy.url), 1)).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } })
    expect(proxy.stats().forwarded).toBe(0)
  })

  it('resets the connection before the store sees the request', async () => {
    const proxy = await proxyOf('KINESIS', [{ kind: 'refuse' }])
    const next = `mark ${marks}`
    expect(await failure(put(kinesisAt(proxy.url), 1))).toBe('ECONNRESET')
    expect((await stored()).has(next)).toBe(false)
  })

  it('loses the answer after the store has done what was asked', async () => {
    const proxy = await proxyOf('KINESIS', [{ kind: 'lostAnswer' }])
    const next = `mark ${marks}`
    expect(await failure(put(kinesisAt(proxy.url), 1))).toBe('ECONNRESET')
    expect((await stored()).has(next)).toBe(true)
  })

  it('adds delays up, and goes on to the next rule', async () => {
    const delay: FaultRule = { kind: 'delay', ms: 60 }
    const proxy = await proxyOf('KINESIS', [delay, delay, { kind: 'throttle' }, { kind: 'error500' }])
    const startedAt = performance.now()
    expect(await failure(put(kinesisAt(proxy.url), 1))).toBe('ProvisionedThroughputExceededException')
    expect(performance.now() - startedAt).toBeGreaterThan(115)
    expect(proxy.stats().rules.map(({ times }) => times)).toEqual([1, 1, 1, 0])
  })
})

describe('when a rule applies', () => {
  const fates = async (seed: number, others: FaultRule[] = []) => {
    const rule: FaultRule = { kind: 'throttle', when: { probability: 0.5 } }
    const proxy = await proxyOf('KINESIS', [rule, ...others], { seed })
    const client = kinesisAt(proxy.url)
    const seen: string[] = []
    for (let i = 0; i < 24; i += 1) seen.push(await failure(put(client, 1)))
    return seen
  }

  it('is the same again for the same seed, whatever rules come after it', async () => {
    const first = await fates(7)
    expect(new Set(first)).toEqual(new Set(['none', 'ProvisionedThroughputExceededException']))
    expect(await fates(7)).toEqual(first)
    expect(await fates(8)).not.toEqual(first)
    const followed = await fates(7, [{ kind: 'delay', ms: 1, when: { probability: 0.5 } }])
    expect(followed).toEqual(first)
  })

  it('follows the schedule, which begins anew with new rules', async () => {
    clock = 5000
    const rules: FaultRule[] = [{ kind: 'throttle', when: { between: [1, 2] } }]
    const proxy = await proxyOf('KINESIS', rules)
    const client = kinesisAt(proxy.url)
    const fateAt = (ms: number) => {
      clock = ms
      return failure(put(client, 1))
    }
    expect(await fateAt(5999)).toBe('none')
    expect(await fateAt(6000)).toBe('ProvisionedThroughputExceededException')
    expect(await fateAt(6999)).toBe('ProvisionedThroughputExceededException')
    expect(await fateAt(7000)).toBe('none')
    proxy.setRules(rules)
    expect(await fateAt(8500)).toBe('ProvisionedThroughputExceededException')
    proxy.setRules([])
    expect(await fateAt(8600)).toBe('none')
    proxy.setRules([{ kind: 'throttle', when: { every: [10, 2] } }])
    const fates: string[] = []
    for (const seconds of [0, 7, 8, 9, 10, 17, 18]) fates.push(await fateAt(8600 + seconds * 1000))
    expect(fates.map((fate) => fate !== 'none')).toEqual([false, false, true, true, false, false, true])
  })
})

describe('rules that are none', () => {
  it.each([
    [{ kind: 'throtle' }, 'kind must be one of throttle, partial, delay, refuse, error500, lostAnswer'],
    [{ kind: 'partial' }, 'share must be a number from 0 to 1'],
    [{ kind: 'partial', share: 0.5, operation: 'PutRecord' }, 'a partial rule is for PutRecords'],
    [{ kind: 'throttle', share: 1 }, 'a throttle rule has no "share"; it has kind, when, operation'],
    [{ kind: 'delay', ms: -1 }, 'ms must be a number from 0 to 600000'],
    [{ kind: 'refuse', when: 'sometimes' }, 'when must be "always"'],
    [{ kind: 'refuse', when: { probability: 2 } }, 'probability must be a number from 0 to 1'],
    [{ kind: 'refuse', when: { between: [4, 2] } }, 'between must be two numbers of seconds'],
    [{ kind: 'refuse', when: { every: [4, 5] } }, 'every must be two numbers of seconds'],
    [{ kind: 'refuse', when: { every: 4 } }, 'every must be two numbers of seconds'],
    ['throttle', 'a rule must be a JSON object'],
  ])('refuses %j, saying why', (rule, reason) => {
    expect(() => checkRule(rule)).toThrow(reason)
  })

  it('are one clear line of the command', () => {
    const wrong = (...argv: string[]) => parseProxyCommand(argv)
    expect(wrong()).toEqual({ kind: 'wrong', message: '--target is missing: the http address of the store' })
    expect(wrong('--target', 'http://127.0.0.1:1', '--rule', '{')).toEqual({
      kind: 'wrong',
      message: '--rule: a rule must be a JSON object such as {"kind":"throttle"}',
    })
    expect(wrong('--target', 'http://127.0.0.1:1', '--rule', '{"kind":"delay"}')).toEqual({
      kind: 'wrong',
      message: '--rule: ms must be a number from 0 to 600000',
    })
    expect(wrong('--target', 'http://127.0.0.1:1/', '--rule', '{"kind":"refuse"}')).toMatchObject({
      kind: 'run',
      target: 'http://127.0.0.1:1',
      rules: [{ kind: 'refuse' }],
    })
  })
})

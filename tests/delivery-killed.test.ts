/** The real process that tells incidents, killed while receivers answer, over TLS: all of them are told, each under its id. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDeliveryStore } from '../consumers/anomaly-detector/deliver/delivery-store.ts'
import { type Channel, channelToItem } from '../consumers/anomaly-detector/shapes/channel.ts'
import { deliveryId } from '../consumers/anomaly-detector/shapes/delivery-item.ts'
import { post } from '../consumers/anomaly-detector/shapes/post.ts'
import { readDeliveries } from '../consumers/anomaly-detector/shapes/read-deliveries.ts'
import { type Certificate, makeCertificate } from './support/certificate.ts'
import { eventually } from './support/eventually.ts'
import { anIncident } from './support/incidents.ts'
import { headersOf, type MailServer, startMailServer } from './support/mail-server.ts'
import { isSigned, type Receiver, startReceiver } from './support/receiver.ts'
import { startStores, type TestStores } from './support/stores.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const secret = 'whsec_of-a-test'

let stores: TestStores
let client: DynamoDBClient
let certificate: Certificate
let receiver: Receiver
let mails: MailServer
let running: ChildProcess | undefined

beforeAll(async () => {
  stores = await startStores()
  client = new DynamoDBClient({})
  certificate = await makeCertificate()
  receiver = await startReceiver(certificate)
  mails = await startMailServer()
})
afterAll(async () => {
  running?.kill('SIGKILL')
  client.destroy()
  await Promise.all([receiver.close(), mails.close(), certificate.remove(), stores.close()])
})

async function start(): Promise<ChildProcess> {
  const child = fork(join(root, 'consumers/anomaly-detector/main.ts'), {
    cwd: root,
    env: {
      ...process.env,
      RETRACE_LOG_LEVEL: 'silent',
      RETRACE_WEBHOOK_LOOPBACK: 'allowed',
      RETRACE_SMTP_URL: mails.url,
      RETRACE_MAIL_FROM: 'retrace@example.org',
      NODE_EXTRA_CA_CERTS: certificate.path,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  running = child
  const [message] = await once(child, 'message')
  expect(message).toMatchObject({ ready: true })
  return child
}

const begun = Date.now() - 5 * 60_000
const incidents = Array.from({ length: 4 }, (_, i) =>
  anIncident({ site: 'demo', at: Math.floor(begun / 60_000 + i) * 60_000, end: undefined }),
)

async function addChannel(different: Partial<Channel> & Pick<Channel, 'id' | 'type' | 'target'>): Promise<void> {
  const made = { secret, dashboard: 'https://retrace.example.org', createdBy: 'ada@example.org', createdAt: 0 }
  const Item = channelToItem({ site: 'demo', ...made, ...different })
  await client.send(new PutItemCommand({ TableName: 'retrace-control', Item }))
  for (const incident of incidents)
    await createDeliveryStore(client, 'retrace-incidents').add({
      site: 'demo',
      channel: different.id,
      event: 'opened',
      incident,
      createdAt: Date.now(),
    })
}

it('loses none to kill -9 between sending and noting it, and repeats none under another id', {
  timeout: 180_000,
}, async () => {
  for (const id of ['one', 'two', 'three']) await addChannel({ id, type: 'webhook', target: `${receiver.url}/${id}` })
  await addChannel({ id: 'mail', type: 'email', target: 'ada@example.org', confirmedAt: 1 })

  let kills = 0
  const died: Promise<unknown>[] = []
  receiver.answer = (response) => {
    // Every second one is sent, and nobody is left to note it.
    if (kills < 4 && receiver.received.length % 2 === 1 && running?.exitCode === null && !running.killed) {
      kills += 1
      const victim = running
      died.push(once(victim, 'exit'))
      // Before the answer, or just after it: what was noted by then differs.
      if (kills % 2 === 1) victim.kill('SIGKILL')
      response.writeHead(204).end()
      victim.kill('SIGKILL')
      return
    }
    response.writeHead(204).end()
  }
  while (kills < 4) {
    const child = await start()
    await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
  }
  await Promise.all(died)
  await start()
  const deliveries = () => readDeliveries(client, 'retrace-incidents', 'demo', Date.now())
  await eventually(async () => (await deliveries()).every(({ state }) => state === 'delivered'), {
    timeoutMs: 90_000,
    everyMs: 500,
  })
  expect(await deliveries()).toHaveLength(16)

  const expected = incidents.map((incident) => deliveryId({ site: 'demo', event: 'opened', incident })).sort()
  for (const id of ['one', 'two', 'three']) {
    const own = receiver.received.filter(({ path }) => path.endsWith(id))
    expect([...new Set(own.map(({ headers }) => headers['retrace-id']))].sort()).toEqual(expected)
    expect(own.every((each) => isSigned(each, secret))).toBe(true)
  }
  expect([...new Set(mails.received.map((mail) => headersOf(mail).get('message-id')))].sort()).toEqual(
    expected.map((id) => `<${id}.mail@example.org>`),
  )
  // Kills fell where they were meant to: something came twice.
  expect(receiver.received.length).toBeGreaterThan(12)
  expect((await deliveries()).some(({ attempts }) => attempts > 1)).toBe(true)
})

it('takes no certificate that nobody vouches for', async () => {
  const answer = await post(receiver.url, {}, '{}', { allowLoopback: true, timeoutMs: 5000 })
  expect(answer).toEqual({ error: 'bad_certificate' })
})

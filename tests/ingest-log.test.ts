/** What the endpoint's log is told: what goes wrong, and nothing of requests that go well. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { BareIngest, requestBody } from './support/bare-ingest.ts'

const endpoint = new BareIngest()
const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
const lines = () => endpoint.logged.map((line) => JSON.parse(line))
beforeAll(async () => {
  endpoint.app.get('/fault', async () => {
    throw new Error('the fault')
  })
  endpoint.app.get('/twice', (_request, reply) => {
    reply.send('once')
    reply.send('twice')
  })
  await endpoint.app.ready()
})
beforeEach(() => {
  endpoint.logged = []
})
afterAll(() => endpoint.app.close())

it('is told nothing of what goes well, or of what a client did wrong', async () => {
  expect((await endpoint.post(requestBody())).statusCode).toBe(202)
  expect((await endpoint.post('no JSON')).statusCode).toBe(400)
  expect(lines()).toEqual([])
})

it('is told which request was not taken, by its trace', async () => {
  endpoint.inFlightBytes = 1000
  await endpoint.post(requestBody(), { traceparent })
  endpoint.inFlightBytes = 0
  expect(lines()).toMatchObject([{ level: 40, code: 'overloaded', traceparent }])
})

it('is told of a fault of ours with its cause, and of an answer that is given twice', async () => {
  expect((await endpoint.app.inject('/fault')).statusCode).toBe(500)
  expect((await endpoint.app.inject('/twice')).body).toBe('once')
  expect(lines()).toMatchObject([
    { level: 50, err: { message: 'the fault' } },
    { level: 40, err: { code: 'FST_ERR_REP_ALREADY_SENT' } },
  ])
})

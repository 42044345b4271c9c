/** In which encoding the endpoint sends the snippet, by what a client says it takes. */
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { registerSnippet } from '../ingest/snippet-route.ts'
import { snippet } from './support/snippet.ts'

const app = fastify()
registerSnippet(app, snippet)

it.each([
  ['gzip, deflate, br', 'br'],
  ['gzip;q=0.8, br;q=0.9', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.000,gzip;q=0.5', 'gzip'],
  ['br; q=0', undefined],
  ['identity', undefined],
  [undefined, undefined],
])('to "%s" it is %s', async (accepted, encoding) => {
  const headers = accepted === undefined ? {} : { 'accept-encoding': accepted }
  const answer = await app.inject({ url: '/retrace.js', headers })
  expect(answer.headers['content-encoding']).toBe(encoding)
})

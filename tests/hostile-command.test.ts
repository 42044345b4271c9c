/** `npm run hostile`, against a real endpoint, and against none. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Endpoint, startEndpoint } from './support/endpoint.ts'
import { runToEnd } from './support/retrace.ts'

let endpoint: Endpoint
beforeAll(async () => {
  endpoint = await startEndpoint()
})
afterAll(() => endpoint.close())

const hostile = (...args: string[]) => runToEnd('load-test/hostile/cli.ts', args, process.env)

it('says what became of its requests, and finds no fault', async () => {
  const { code, output } = await hostile('--url', endpoint.origin, '--requests', '200', '--json')
  const { requests, answered, faults } = JSON.parse(output.trim().split('\n').at(-1) ?? '')
  expect({ code, requests, faults }).toEqual({ code: 0, requests: 200, faults: 0 })
  expect(Object.keys(answered)).toEqual(expect.arrayContaining(['202', '400']))
})

it('says that no endpoint answers before it sends anything, and exits 1', async () => {
  // Port 1 (tcpmux) is reserved, and nothing has listened there for decades.
  const { code, output } = await hostile('--url', 'http://127.0.0.1:1')
  expect(code).toBe(1)
  expect(output).toContain('No endpoint answers at http://127.0.0.1:1. `npm start` brings up an endpoint here.')
})

it('says what an option must be, and exits 2', async () => {
  const { code, output } = await hostile('--requests', 'many')
  expect(code).toBe(2)
  expect(output).toContain('--requests must be a positive integer')
})

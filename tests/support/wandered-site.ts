/** A dashboard over what wanderers did (wanderers.ts), through consumers and an archive: one for a file of tests, which import it. */
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll } from 'vitest'
import { composeAggregator } from '../../consumers/aggregator/compose.ts'
import { composeArchiver } from '../../consumers/archiver/compose.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { createDashboard } from '../../dashboard/server.ts'
import { bearer } from './dashboard.ts'
import { noon } from './events.ts'
import { askUntilMade, makeFactsFolder, optionsWithFacts } from './facts.ts'
import { startStores, type TestStores } from './stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './stream.ts'
import { deliveries } from './wanderers.ts'

export const dayMs = 24 * 3_600_000
const now = noon + 20 * dayMs
const bounds = { maxMb: 64, memoryMb: 256, timeoutMs: 20_000 }
/** Most of what happened is in it. */
export const period = 'from=2026-03-10&to=2026-03-16'

let stores: TestStores
let files: Awaited<ReturnType<typeof makeFactsFolder>>
export let environment: ConsumerEnvironment
export let app: FastifyInstance
beforeAll(async () => {
  stores = await startStores()
  files = await makeFactsFolder()
  environment = await freshEnvironment('goals')
  await putTraffic(stores.settings, deliveries, 20)
  await runToEnd(composeAggregator(environment), stores.settings, 100)
  await runToEnd(composeArchiver(environment), stores.settings, 100)
  app = await createDashboard(optionsWithFacts(environment, files.folder, bounds, () => now))
}, 120_000)
afterAll(async () => {
  await app?.close()
  await files?.remove()
  await stores?.close()
})

export async function get(question: string) {
  const { answer } = await askUntilMade(app, `/api/sites/demo/${question}`)
  return { status: answer.statusCode, body: answer.json() }
}
export async function post(path: string, payload: object = {}) {
  const answer = await app.inject({ method: 'POST', url: `/api/sites/demo/${path}`, headers: bearer, payload })
  return { status: answer.statusCode, body: answer.json() }
}

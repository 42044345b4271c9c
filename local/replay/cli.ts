/** `npm run replay`: counts days of the past again. */
import { dropProgress } from '../../consumers/replay/drop-progress.ts'
import { generationsOf, listSites } from '../../consumers/replay/known.ts'
import { runReplay, takeReplay } from '../../consumers/replay/run.ts'
import { deleteCells } from '../../consumers/replay/shapes/generation-cells.ts'
import type { GenerationRecord } from '../../consumers/replay/shapes/generations.ts'
import type { ReplayReport } from '../../consumers/replay/shapes/report.ts'
import { ReplayError } from '../../consumers/replay/worker-messages.ts'
import { workerCount } from '../../consumers/replay/workers.ts'
import { type ConsumerEnvironment, consumerEnvironment } from '../../consumers/runtime/process.ts'
import { readRules } from '../rules/read-rules.ts'
import { commandSettings, useRunningStores } from '../running.ts'
import { begin, find, look, noGeneration } from './begin.ts'
import { describeAccount, describeGenerations, describeReport, toJson } from './describe.ts'
import { type Options, parseOptions, type RunOptions, type SendOptions, UsageError, usage } from './options.ts'
import { describeSent, send } from './send.ts'
import { onTerminal } from './terminal.ts'

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2))
  const { command } = options
  if (command.kind === 'help') return console.log(usage)
  useRunningStores(commandSettings(), process.env)
  const environment = consumerEnvironment(process.env)
  switch (command.kind) {
    case 'run':
      return start(environment, command, options)
    case 'send':
      return sendDays(environment, command, options)
    case 'resume':
      return resume(environment, command.generation, options)
    case 'list':
      return list(environment, options)
    case 'publish':
      return publish(environment, command.generation)
    case 'rollback':
      return rollback(environment, command.generation)
    case 'drop':
      return drop(environment, command.generation)
  }
}

async function start(environment: ConsumerEnvironment, command: RunOptions, options: Options): Promise<void> {
  const now = Date.now()
  const rules = command.rules === undefined ? undefined : await readRules(command.rules)
  const account = await look(environment, command, now)
  if (command.dryRun) {
    console.log(describeAccount(account))
    if (options.json) console.log(JSON.stringify({ segments: account.plan.segments, events: account.accepted ?? null }))
    return
  }
  const { record, isNew } = await begin(environment, command, rules, now)
  console.log(isNew ? `Generation ${record.id}` : `Going on with generation ${record.id}, which was interrupted.`)
  await runToReport(environment, record, options)
}

async function sendDays(environment: ConsumerEnvironment, command: SendOptions, { json }: Options): Promise<void> {
  const stop = new AbortController()
  // The second time at once.
  process.once('SIGINT', () => stop.abort())
  const sent = await send(environment, command, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
    console.error('\nInterrupted. The same command goes on.')
    process.exit(130)
  })
  console.log(describeSent(sent))
  if (json) console.log(JSON.stringify(sent))
}

async function resume(environment: ConsumerEnvironment, id: string, options: Options): Promise<void> {
  const record = await find(environment, id)
  if (record.state === 'ready' || record.state === 'dropping' || record.state === 'dropped')
    throw new UsageError(`${id} is ${record.state}`)
  await runToReport(environment, record, options)
}

async function runToReport(
  environment: ConsumerEnvironment,
  record: GenerationRecord,
  { workers, json }: Options,
): Promise<void> {
  process.once('SIGINT', () => {
    console.error(`\nInterrupted. To go on: npm run replay -- --resume ${record.id}`)
    process.exit(130)
  })
  const count = workerCount(workers || environment.settings.RETRACE_REPLAY_WORKERS)
  const replayed = await runReplay(environment, await takeReplay(environment, record), count, onTerminal())
  console.log(describeReport(replayed))
  if (json) console.log(JSON.stringify(toJson(replayed)))
}

async function list(environment: ConsumerEnvironment, { json }: Options): Promise<void> {
  const records = await generationsOf(environment).list()
  console.log(describeGenerations(records))
  if (json) console.log(JSON.stringify({ generations: records }))
}

async function publish(environment: ConsumerEnvironment, id: string): Promise<void> {
  const result = await generationsOf(environment).publish(id, Date.now())
  if (result.outcome === 'unknown') throw new UsageError(noGeneration(id))
  if (result.outcome === 'wrong_state') throw new Error(`${id} is ${result.state}: only what is ready can be published`)
  if (result.outcome === 'too_many') throw new Error('there are too many publications: roll some back')
  console.log(`Generation ${id} is published: dashboards show it within a second.`)
  const { rules } = await find(environment, id)
  if (rules !== undefined)
    console.log(`What arrives from now on counts by them too with: npm run rules -- use ${rules}`)
}

async function rollback(environment: ConsumerEnvironment, id: string): Promise<void> {
  const result = await generationsOf(environment).rollback(id, Date.now())
  if (result.outcome === 'not_published') throw new Error(`${id} is not published`)
  console.log(`Generation ${id} is not published any more: what was published before counts again.`)
}

async function drop(environment: ConsumerEnvironment, id: string): Promise<void> {
  const { clients, table } = environment
  const record = await find(environment, id)
  const result = await generationsOf(environment).drop(id, Date.now(), (marked) =>
    deleteCells(clients.dynamo, table('cells'), marked, async () => [...(await sitesOf(environment, record))]),
  )
  if (result.outcome === 'unknown') throw new UsageError(noGeneration(id))
  if (result.outcome === 'published') throw new Error(`${id} is published: roll it back first`)
  if (result.outcome === 'wrong_state') throw new Error(`${id} is ${result.state}`)
  if (result.outcome === 'too_soon')
    throw new Error(`${id} may still be read or written: try again at ${new Date(result.earliest).toISOString()}`)
  await dropProgress(environment, id)
  console.log(`Deleted ${result.cells.toLocaleString('en-US')} items of generation ${id}.`)
}

/** Also those that are there no more, as far as the report names them. */
async function sitesOf(environment: ConsumerEnvironment, record: GenerationRecord): Promise<Set<string>> {
  if (record.sites !== 'all') return new Set(record.sites)
  const sites = new Set(await listSites(environment))
  if (record.report === undefined) return sites
  const report = JSON.parse(Buffer.from(await environment.objects.get(record.report)).toString()) as ReplayReport
  for (const { site } of report.sites) sites.add(site)
  return sites
}

main().catch((error: unknown) => {
  const { message } = error as Error
  const isMisuse = error instanceof UsageError || (error instanceof ReplayError && error.code === 'not_begun')
  console.error(isMisuse ? `${message}\n\n${usage}` : message)
  process.exit(isMisuse ? 2 : 1)
})

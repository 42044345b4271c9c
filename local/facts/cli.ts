/** `npm run facts`: any question about a site's events, in SQL. */
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { FactsDatabase } from '../../consumers/facts/shapes/facts-database.ts'
import { createSiteFacts, type Facts } from '../../consumers/facts/shapes/site-facts.ts'
import { generationsOf, listSites } from '../../consumers/replay/known.ts'
import { publishedGeneration } from '../../consumers/replay/shapes/publications.ts'
import { type ConsumerEnvironment, consumerEnvironment } from '../../consumers/runtime/process.ts'
import { parseRange, runCommand, UsageError } from '../command.ts'
import { createProgress } from '../progress.ts'
import { commandSettings, useRunningStores } from '../running.ts'
import { answerText, type Format, formats, schemaText } from './text.ts'

const usage = `Usage: npm run facts -- --site SITE [--from TIME] [--to TIME] [--sql SQL] [options]

Makes the facts of a site, the changes that its events made to the figures, and asks them in SQL (DuckDB's). They add up to
what the dashboard shows, by any combination of pages, countries, campaigns, …: docs/explore.md

  --site SITE        of which site
  --from TIME        what counts from then on, ISO 8601 (default: 30 days before --to)
  --to TIME          up to then (default: now)
  --sql SQL          the question, about the table "facts"; without it, what the table holds
  --format FORMAT    table (default), csv or json: one object a line
  --max-rows N       rows that are told at most (default: 1000)

Exit code 0: answered, 1: failed, 2: wrong arguments.`

const usualDays = 30
const usualRows = 1000
const threads = 2
const pollMs = 100

type Options = { site: string; from: number; to: number; sql: string | undefined; format: Format; maxRows: number }

async function main(): Promise<void> {
  const options = readArguments(Date.now())
  const settings = commandSettings()
  useRunningStores(settings, process.env)
  const environment = consumerEnvironment(process.env)
  if (!(await listSites(environment)).includes(options.site)) throw new UsageError(`there is no site ${options.site}`)
  const folder = resolve(settings.RETRACE_FACTS_DIR || join(settings.RETRACE_DATA_DIR, 'facts'))
  const facts = await makeFacts(environment, folder, options)
  if (facts.through !== undefined)
    console.error(`The running day goes up to ${new Date(facts.through).toISOString()}, as far as the archive does.`)
  if (options.sql === undefined) return console.log(schemaText())
  const { RETRACE_FACTS_MEMORY_MB: memoryMb, RETRACE_FACTS_TIMEOUT_MS: timeoutMs } = environment.settings
  const database = await FactsDatabase.open(
    { files: facts.files, from: options.from, to: options.to },
    { memoryMb, threads, timeoutMs, maxRows: options.maxRows },
  )
  try {
    const answer = await database.ask(options.sql)
    console.log(answerText(answer, options.format))
    if (answer.isCut) console.error(`There are more than ${options.maxRows} rows (--max-rows).`)
  } finally {
    database.close()
  }
}

async function makeFacts(
  environment: ConsumerEnvironment,
  folder: string,
  { site, from, to }: Options,
): Promise<Facts> {
  const { clients, settings } = environment
  const facts = createSiteFacts({
    dynamo: clients.dynamo,
    s3: clients.s3,
    tablePrefix: settings.RETRACE_TABLE_PREFIX,
    bucket: settings.RETRACE_BUCKET,
    stream: settings.RETRACE_STREAM,
    folder,
    maxBytes: settings.RETRACE_FACTS_MAX_MB * 1024 * 1024,
    now: Date.now,
  })
  const publications = await generationsOf(environment).publications()
  const generationOf = (segment: string) => publishedGeneration(publications, site, segment)
  let bar: ReturnType<typeof createProgress> | undefined
  try {
    while (true) {
      const answer = await facts.find(site, { from, to }, generationOf)
      if (answer.kind === 'ready') return answer.facts
      bar ??= createProgress('facts', answer.expected)
      bar.update(answer.done, `${answer.done.toLocaleString('en-US')} events`)
      await sleep(pollMs)
    }
  } finally {
    bar?.stop()
    facts.close()
  }
}

function readArguments(now: number): Options {
  const { values } = parseArgs({
    options: {
      site: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      sql: { type: 'string' },
      format: { type: 'string', default: 'table' },
      'max-rows': { type: 'string', default: String(usualRows) },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  if (values.site === undefined) throw new UsageError('say --site SITE')
  const format = formats.find((each) => each === values.format)
  if (!format) throw new UsageError(`--format must be one of ${formats.join(', ')}`)
  const maxRows = Number(values['max-rows'])
  if (!Number.isSafeInteger(maxRows) || maxRows < 1) throw new UsageError('--max-rows must be a number from 1 on')
  const { from, to } = parseRange(values, now, usualDays)
  return { site: values.site, from, to, sql: values.sql, format, maxRows }
}

runCommand(usage, main)

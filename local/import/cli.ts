/** `npm run import -- FILE --site SITE`: brings in a web server's log. */
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { createProgress } from '../progress.ts'
import { commandSettings, findAdminToken, findRunning } from '../running.ts'
import { ImportClient, ImportError } from './client.ts'
import { parseLogLine } from './combined-log.ts'
import { beginsWith, importLog } from './import-log.ts'
import { readLog } from './log-file.ts'
import { guessOrigin } from './origin.ts'
import { describeReport } from './report.ts'

const usage = `Usage: npm run import -- FILE --site SITE [--origin ORIGIN] [--url URL]

Brings in a web server's log (Combined Log Format, plain or gzipped) at the times that it gives.
Interrupted, it goes on where it stopped; run again, it counts nothing twice.

  --site SITE      the site that the page views belong to (npm run sites -- add SITE makes one)
  --origin ORIGIN  the site's address, such as https://example.org; found out from the log's referrers if left out
  --url URL        the ingestion endpoint (default: the one that runs here)
  --help           this text

RETRACE_ADMIN_TOKEN must be the token of the endpoint, if it is not the one that runs here.`

async function main(): Promise<void> {
  const { file, site, origin: givenOrigin, url } = readArguments()
  const settings = commandSettings()
  const running = findRunning(settings)
  const token = findAdminToken(settings)
  if (!token)
    throw new ImportError('There is no administrator token. Set RETRACE_ADMIN_TOKEN, or start Retrace here first.')
  const bytes = fileSize(file)

  const client = new ImportClient(url ?? running.ingestUrl, token)
  const source = await sourceOf(file)
  const state = await client.state(site, source)
  const earlierLines = (await beginsWith(file, state.line, state.prefix)) ? state.line : 0
  if (earlierLines > 0) console.log(`${number(earlierLines)} lines were brought in before; going on behind them.`)

  const origin = givenOrigin ?? state.origins[0] ?? (await guessOrigin(file))
  if (!origin) throw new ImportError('Which address did this log serve? Add --origin https://example.org')
  if (!givenOrigin && !state.origins[0])
    console.log(`Taking ${origin} as the site's address, from the log's referrers (--origin sets it).`)

  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const progress = createProgress(basename(file), bytes)
  const report = await importLog({
    file,
    site,
    source,
    origin,
    earlierLines,
    client,
    signal: stop.signal,
    onProgress: (read, { pageviews }) => progress.update(read, `${number(pageviews)} page views`),
  }).finally(() => progress.stop())

  console.log(describeReport(report, { site, file: basename(file), dashboardUrl: running.dashboardUrl, earlierLines }))
  if (report.interrupted) process.exitCode = 130
}

function readArguments(): { file: string; site: string; origin: string | undefined; url: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        site: { type: 'string' },
        origin: { type: 'string' },
        url: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const [file, ...more] = positionals
    if (!file || more.length > 0) throw new Error('one FILE is needed')
    if (!values.site) throw new Error('--site is needed')
    if (values.origin !== undefined && !/^https?:\/\/[^/?#\s]+$/i.test(values.origin))
      throw new Error('--origin is an address without a path, such as https://example.org')
    return { file, site: values.site, origin: values.origin, url: values.url?.replace(/\/+$/, '') }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function fileSize(file: string): number {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) throw new ImportError(`There is no file ${file}.`)
  if (!stat.isFile()) throw new ImportError(`${file} is not a file.`)
  return stat.size
}

/** A log is known by its first line, also when it has grown, was renamed or compressed. */
async function sourceOf(file: string): Promise<string> {
  let read = 0
  for await (const line of readLog(file).lines) {
    if (line === '') continue
    if (parseLogLine(line)) return createHash('sha256').update(line).digest('hex')
    if (++read >= 100) break
  }
  throw new ImportError(`${file} has no line in Combined Log Format among its first.`)
}

function number(value: number): string {
  return value.toLocaleString('en-US')
}

main().catch((error: unknown) => {
  console.error(error instanceof ImportError ? error.message : error)
  process.exit(1)
})

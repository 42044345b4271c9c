import { createClient } from './client.ts'
import { generateLoad } from './generator.ts'
import { type CliOptions, help, parseCommand } from './options.ts'
import { createProgress } from './progress.ts'
import { summaryTable, wasReached } from './summary.ts'
import { createTraffic } from './traffic.ts'

/** Connections at once: below the common limit of 1024 open files. */
const maxSockets = 512
/** Longer than any answer that a visitor would wait for; what takes longer counts as failed. */
const requestTimeoutMs = 30_000

const command = parseCommand(process.argv.slice(2))
if (command.kind === 'help') console.log(help)
else if (command.kind === 'wrong') fail(`${command.message} (--help lists the options)`, 2)
else await run(command.options)

async function run({ url, site, rate, durationSeconds, seed, json }: CliOptions): Promise<void> {
  const client = createClient(url, maxSockets, requestTimeoutMs)
  const probe = await client.probe()
  if (!probe.ok) {
    client.close()
    fail(`Nothing answers at ${url.origin} (${probe.reason}). \`npm start\` brings up an endpoint here.`, 1)
    return
  }

  const interrupted = new AbortController()
  // Once: a second Ctrl-C ends the process there and then.
  process.once('SIGINT', () => interrupted.abort())
  console.error(`Sending ${rate} events/s to ${url.origin} for ${durationSeconds} s; Ctrl-C ends it early.`)
  const progress = createProgress(durationSeconds, process.stderr)
  const report = await generateLoad({
    client,
    traffic: createTraffic({ site, seed, rate }),
    rate,
    durationSeconds,
    maxInFlight: maxSockets,
    signal: interrupted.signal,
    onProgress: progress.update,
  })
  progress.stop()

  console.log(summaryTable(report, seed))
  if (json)
    console.log(JSON.stringify({ url: url.origin, site, seed, interrupted: interrupted.signal.aborted, ...report }))
  if (!wasReached(report) && report.requests > 0) fail(`${url.origin} answered no request.`, 1)
}

function fail(message: string, exitCode: number): void {
  console.error(message)
  process.exitCode = exitCode
}

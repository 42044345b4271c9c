import { randomInt } from 'node:crypto'
import { availableParallelism, cpus, type } from 'node:os'
import { createClient } from './client.ts'
import { generateLoad } from './generator.ts'
import { type CliOptions, help, parseCommand, repeatableCommand } from './options.ts'
import { type ProbeReport, probeDashboard } from './probe/probe.ts'
import { createProgress } from './progress.ts'
import { seededRandom } from './random.ts'
import { EventSet } from './reconcile/event-set.ts'
import { accountHere } from './reconcile/local-account.ts'
import { reportPage } from './report/page.ts'
import { reportProblem, writeReport } from './report/write.ts'
import { findRunningHere } from './running-here.ts'
import { probeRows, summaryTable, wasReached } from './summary.ts'
import { Timeline } from './timeline.ts'
import { createTraffic } from './traffic.ts'

/** Connections at once: below the common limit of 1024 open files. */
const maxSockets = 512
/** Longer than any answer that a visitor would wait for; what takes longer counts as failed. */
const requestTimeoutMs = 30_000

const machine = `Node ${process.versions.node}, ${cpus()[0]?.model.trim() ?? 'processor'} × ${availableParallelism()}, ${type()}`

const command = parseCommand(process.argv.slice(2))
if (command.kind === 'help') console.log(help)
else if (command.kind === 'wrong') fail(`${command.message} (--help lists the options)`, 2)
else await run(command.options)

async function run(options: CliOptions): Promise<void> {
  const { url, sites, rate, shape, durationSeconds, seed, report: reportFile, json } = options
  const problem = reportFile && (await reportProblem(reportFile))
  if (problem) return fail(problem, 2)
  const client = createClient(url, maxSockets, requestTimeoutMs)
  const reached = await client.probe()
  if (!reached.ok) {
    client.close()
    return fail(`Nothing answers at ${url.origin} (${reached.reason}). \`npm start\` brings up an endpoint here.`, 1)
  }

  const running = options.probe ? findRunningHere(url) : undefined
  if (options.probe && !running) {
    client.close()
    return fail('--probe needs the Retrace that runs on the data folder here (RETRACE_DATA_DIR).', 2)
  }

  const interrupted = new AbortController()
  // Once: a second Ctrl-C ends the process there and then.
  process.once('SIGINT', () => interrupted.abort())
  const upTo = shape === 'constant' ? '' : 'up to '
  console.error(`Sending ${upTo}${rate} events/s to ${url.origin} for ${durationSeconds} s; Ctrl-C ends it early.`)
  const startedAt = new Date()
  const timeline = new Timeline(durationSeconds)
  const progress = createProgress(durationSeconds, process.stderr)
  const acknowledged = new EventSet()
  const loadEnded = new AbortController()
  const probing = running && startProbe(running, options, loadEnded.signal)
  const report = await generateLoad({
    client,
    traffic: createTraffic({ sites, seed, rate }),
    rate,
    shape,
    durationSeconds,
    maxInFlight: maxSockets,
    timeline,
    onAcknowledged({ body }) {
      for (const { load, n } of body.events) acknowledged.add(body.site, load, n)
    },
    signal: interrupted.signal,
    onProgress: progress.update,
  })
  progress.stop()
  loadEnded.abort()
  const probed = await probing

  const facts = { url: url.origin, sites, shape, seed, interrupted: interrupted.signal.aborted }
  console.log(summaryTable(report, seed, probed?.ok ? probeRows(probed.report) : []))
  console.error('Looking for every acknowledged event in the stream …')
  const account = await accountHere(url, acknowledged)
  if (account)
    console.log(
      `stored       ${account.acknowledged - account.lost} of ${account.acknowledged} acknowledged, ${account.lost} lost`,
    )
  else
    console.error(
      'This endpoint does not run on the data folder here (RETRACE_DATA_DIR), so its stream was not looked at.',
    )
  if (reportFile) {
    const commandLine = repeatableCommand(process.argv.slice(2), seed)
    await writeReport(reportFile, reportPage(report, timeline.report(), { ...facts, startedAt, commandLine, machine }))
    console.error(`The report is in ${reportFile}.`)
  }
  if (json)
    console.log(
      JSON.stringify({
        ...facts,
        ...report,
        ...(probed?.ok && { probe: probed.report }),
        ...(account && { stored: account.acknowledged - account.lost, lost: account.lost }),
      }),
    )
  if (probed && !probed.ok) fail(`The dashboard could not be probed: ${probed.message}`, 1)
  if (!wasReached(report) && report.requests > 0) fail(`${url.origin} answered no request.`, 1)
  if (account && account.lost > 0) fail(`${account.lost} events were acknowledged and are not stored.`, 1)
}

type Probed = { ok: true; report: ProbeReport } | { ok: false; message: string }

/** Goes on beside the load, and ends with it; a dashboard that refuses spoils the probe, not the load. */
async function startProbe(
  { dashboardUrl, token }: { dashboardUrl: string; token: string },
  { url, sites: [site = 'demo'] }: CliOptions,
  signal: AbortSignal,
): Promise<Probed> {
  // Not drawn by the seed of the traffic: an event that was counted in an earlier run is never counted again.
  const random = seededRandom(randomInt(2 ** 32))
  try {
    return { ok: true, report: await probeDashboard({ endpoint: url, dashboardUrl, token, site, random, signal }) }
  } catch (error) {
    return { ok: false, message: (error as Error).message }
  }
}

function fail(message: string, exitCode: number): void {
  console.error(message)
  process.exitCode = exitCode
}

/** The command line, pure: what was asked for, or the one line that says what is wrong with it. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { sitePattern } from '../stream/site.ts'
import { type Shape, shapes } from './shape.ts'

export type CliOptions = {
  url: URL
  /** At least one. */
  sites: string[]
  rate: number
  shape: Shape
  durationSeconds: number
  seed: number
  /** File for the report in HTML; none: no report. */
  report: string | undefined
  /** Whether to take the time from an event to the dashboard. */
  probe: boolean
  json: boolean
}
export type Command = { kind: 'run'; options: CliOptions } | { kind: 'help' } | { kind: 'wrong'; message: string }

export const help = `Sends the traffic of a website to the ingestion endpoint, at a rate that does not depend on its answers.

npm run load-test -- [options]

  --url URL         the endpoint (default http://127.0.0.1:8080)
  --site SITE       the site that the events belong to (default demo)
  --sites A,B,C     several sites, the first visited most, the others by Zipf's law
  --rate N          events a second (default 100); with --shape, the most that it comes to
  --shape SHAPE     constant; ramp: up from a tenth of the rate; spike: a fifth of it, with all of it in the middle fifth
                    of the run; day: a day's course in the time of the run (default constant)
  --duration N      seconds (default 30)
  --seed N          integer that draws the same visitors again (default: a new one, printed at the end).
                    The pipeline counts an event once, so at the same site a seed counts the first time
  --report FILE     writes an HTML page with plots, which needs nothing but a browser
  --probe           takes the time from an event to its figure on an open dashboard of this machine
  --json            the last line of the output is one JSON object
  --allow-remote    lets --url name another machine than this one
  --help            this text

Ctrl-C ends the run early and prints what was measured. Exit status: 0 when the endpoint answered, 1 when it could
not be reached, 2 when the command was wrong.`

/** What one generator process can pace: above it, the figures would measure the generator. */
const maxRate = 100_000
const maxDurationSeconds = 7 * 24 * 3600
const validSite = new RegExp(sitePattern)

/** @param argv arguments after the script's name */
export function parseCommand(argv: string[]): Command {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:8080' },
        site: { type: 'string' },
        sites: { type: 'string' },
        rate: { type: 'string', default: '100' },
        shape: { type: 'string', default: 'constant' },
        duration: { type: 'string', default: '30' },
        seed: { type: 'string' },
        report: { type: 'string' },
        probe: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'allow-remote': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const url = webAddress(values.url)
    if (!isLoopback(url) && !values['allow-remote'])
      throw new Error(
        `--url names ${url.hostname}, which is not this machine: load on somebody else's endpoint is an attack, so give --allow-remote if it is yours`,
      )
    return {
      kind: 'run',
      options: {
        url,
        sites: sitesFrom(values.site, values.sites),
        rate: numberFrom('--rate', values.rate, 0.1, maxRate),
        shape: shapeFrom(values.shape),
        durationSeconds: numberFrom('--duration', values.duration, 0.1, maxDurationSeconds),
        seed: values.seed === undefined ? randomInt(2 ** 32) : seedFrom(values.seed),
        report: values.report,
        probe: values.probe,
        json: values.json,
      },
    }
  } catch (error) {
    // parseArgs explains at length how to pass a value that begins with a dash: its first sentence is enough.
    const [message = ''] = (error as Error).message.split(/\.?\s+To specify|\n/, 1)
    return { kind: 'wrong', message }
  }
}

/** The command line that sends the same traffic again: the one that was given, with the seed that was drawn. */
export function repeatableCommand(argv: readonly string[], seed: number): string {
  const given = argv.some((word) => word === '--seed' || word.startsWith('--seed='))
  const words = given ? argv : [...argv, '--seed', String(seed)]
  const quoted = words.map((word) => (/^[\w./:,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
  return ['npm run load-test --', ...quoted].join(' ')
}

function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new Error('--url must be an http or https address')
  return url
}

function isLoopback(url: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
}

function sitesFrom(one: string | undefined, several: string | undefined): string[] {
  if (one !== undefined && several !== undefined) throw new Error('--site and --sites exclude each other')
  const sites = several === undefined ? [one ?? 'demo'] : several.split(',')
  const flag = several === undefined ? '--site' : '--sites'
  if (!sites.every((site) => validSite.test(site)))
    throw new Error(
      `${flag} must be lower-case letters, digits, dots and dashes${several === undefined ? '' : ', with commas between'}`,
    )
  if (new Set(sites).size !== sites.length) throw new Error('--sites names a site twice')
  return sites
}

function shapeFrom(text: string): Shape {
  const shape = shapes.find((known) => known === text)
  if (!shape) throw new Error(`--shape must be one of ${shapes.join(', ')}`)
  return shape
}

export function numberFrom(flag: string, text: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value >= min && value <= max)) throw new Error(`${flag} must be a number from ${min} to ${max}`)
  return value
}

function seedFrom(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('--seed must be an integer, 0 or larger')
  return value
}

/** The command line, pure: what was asked for, or the one line that says what is wrong with it. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { sitePattern } from '../stream/site.ts'

export type CliOptions = {
  url: URL
  site: string
  rate: number
  durationSeconds: number
  seed: number
  json: boolean
}
export type Command = { kind: 'run'; options: CliOptions } | { kind: 'help' } | { kind: 'wrong'; message: string }

export const help = `Sends the traffic of a website to the ingestion endpoint, at a rate that does not depend on its answers.

npm run load-test -- [options]

  --url URL         the endpoint (default http://127.0.0.1:8080)
  --site SITE       the site that the events belong to (default demo)
  --rate N          events a second (default 100)
  --duration N      seconds (default 30)
  --seed N          integer that draws the same visitors again (default: a new one, printed at the end).
                    The pipeline counts an event once, so at the same site a seed counts the first time
  --json            the last line of the output is one JSON object
  --allow-remote    lets --url name another machine than this one
  --help            this text

Ctrl-C ends the run early and prints what was measured. Exit status: 0 when the endpoint answered, 1 when it could
not be reached, 2 when the command was wrong.`

/** What one generator process can pace: above it, the figures would measure the generator. */
const maxRate = 100_000
const maxDurationSeconds = 7 * 24 * 3600

/** @param argv arguments after the script's name */
export function parseCommand(argv: string[]): Command {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        url: { type: 'string', default: 'http://127.0.0.1:8080' },
        site: { type: 'string', default: 'demo' },
        rate: { type: 'string', default: '100' },
        duration: { type: 'string', default: '30' },
        seed: { type: 'string' },
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
    if (!new RegExp(sitePattern).test(values.site))
      throw new Error('--site must be lower-case letters, digits, dots and dashes')
    return {
      kind: 'run',
      options: {
        url,
        site: values.site,
        rate: numberFrom('--rate', values.rate, 0.1, maxRate),
        durationSeconds: numberFrom('--duration', values.duration, 0.1, maxDurationSeconds),
        seed: values.seed === undefined ? randomInt(2 ** 32) : seedFrom(values.seed),
        json: values.json,
      },
    }
  } catch (error) {
    // parseArgs explains at length how to pass a value that begins with a dash: its first sentence is enough.
    const [message = ''] = (error as Error).message.split(/\.?\s+To specify|\n/, 1)
    return { kind: 'wrong', message }
  }
}

function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw new Error('--url must be an http or https address')
  return url
}

function isLoopback(url: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
}

function numberFrom(flag: string, text: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value >= min && value <= max)) throw new Error(`${flag} must be a number from ${min} to ${max}`)
  return value
}

function seedFrom(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('--seed must be an integer, 0 or larger')
  return value
}

/** What `npm run replay` is asked to do. */
import { parseArgs } from 'node:util'
import { type ReplaySourceKind, replaySources } from '../../consumers/replay/shapes/generations.ts'
import { mostWorkers } from '../../consumers/replay/workers.ts'

export const usage = `Usage: npm run replay -- --site SITE|--all --from DAY [--to DAY] [options]
       npm run replay -- --resume GENERATION [--workers N] [--json]
       npm run replay -- --to-stream NAME --from DAY [--to DAY] [--rate N] [--json]
       npm run replay -- list | publish GENERATION | rollback GENERATION | drop GENERATION

Counts the events that arrived on some days (UTC) again, into a new generation of cells, and tells what differs from
what is published. Nothing that a dashboard shows changes by it.

  --site SITE        rebuild this site; may be given more than once
  --all              rebuild all sites
  --from DAY         first day of arrival, YYYY-MM-DD
  --to DAY           last day of arrival (default: the first); today is cut first, which
                     takes until what came before is saved: a minute, five in AWS
  --source KIND      where to read: stream, archive, or auto (default): the stream if it
                     holds all of it, else the archive
  --rules FILE       count by these rules (docs/rules.md), not by those that each day had
  --dry-run          say what would be replayed, and do nothing
  --resume ID        go on with a generation that was interrupted; the same command again does the same
  --to-stream NAME   count nothing, but put archived records into another stream, for
                     consumers of it: all sites, days that are over; interrupted, the same
                     command goes on
  --rate N           events a second for --to-stream (default: 1000)
  --workers N        threads (default: RETRACE_REPLAY_WORKERS, or one less than there are cores)
  --json             the last line is one JSON object

  list                 all generations
  publish GENERATION   let it count: one write, seen by every dashboard within a second
  rollback GENERATION  let what was published before count again
  drop GENERATION      delete its cells

Exit code 0: done, 1: failed, 2: wrong arguments.`

export type RunOptions = {
  kind: 'run'
  sites: 'all' | string[]
  /** Midnights of the first and last day, epoch milliseconds. */
  from: number
  to: number
  source: ReplaySourceKind
  /** A file. */
  rules: string | undefined
  dryRun: boolean
}
/** Archived days into another stream. */
export type SendOptions = { kind: 'send'; stream: string; rate: number; from: number; to: number }
export type Command =
  | RunOptions
  | SendOptions
  | { kind: 'resume'; generation: string }
  | { kind: 'list' }
  | { kind: 'publish' | 'rollback' | 'drop'; generation: string }
  | { kind: 'help' }
/** `workers` is 0 where nothing is said. */
export type Options = { command: Command; workers: number; json: boolean }

const usualRate = 1000

/** @throws UsageError with what is wrong */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args)
  return { command: commandOf(values, positionals), workers: workersOf(values), json: values.json }
}

type Values = ReturnType<typeof parse>['values']

function workersOf({ workers }: Values): number {
  if (workers === undefined) return 0
  const count = Number(workers)
  if (!Number.isInteger(count) || count < 1 || count > mostWorkers)
    throw new UsageError(`--workers must be a whole number from 1 to ${mostWorkers}`)
  return count
}

function commandOf(values: Values, positionals: readonly string[]): Command {
  if (values.help) return { kind: 'help' }
  const [word, generation, ...more] = positionals
  if (more.length > 0) throw new UsageError(`what is "${more[0]}" for?`)
  if (word === 'list') return { kind: 'list' }
  if (word === 'publish' || word === 'rollback' || word === 'drop')
    return { kind: word, generation: needed(generation, `${word} which GENERATION?`) }
  if (word !== undefined) throw new UsageError(`there is no command "${word}"`)
  if (values.resume !== undefined) return { kind: 'resume', generation: needed(values.resume, '--resume what?') }
  if (values['to-stream'] !== undefined) return sendOf(values, values['to-stream'])
  if (values.rate !== undefined) throw new UsageError('--rate is for --to-stream')
  return runOf(values)
}

function sendOf(values: Values, name: string): SendOptions {
  const { site, all, source, rules, rate = usualRate } = values
  if (site || all || rules !== undefined || values['dry-run'] || source === 'stream')
    throw new UsageError('--to-stream sends what is archived of all sites: it takes --from, --to, --rate and --json')
  // What Kinesis takes for a name.
  if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(name)) throw new UsageError(`"${name}" is no name of a stream`)
  const perSecond = Number(rate)
  if (!Number.isInteger(perSecond) || perSecond < 1) throw new UsageError('--rate must be a whole number from 1 up')
  return { kind: 'send', stream: name, rate: perSecond, ...daysOf(values) }
}

function runOf(values: Values): RunOptions {
  const { site = [], all, source, rules } = values
  if (all === site.length > 0) throw new UsageError('say --site SITE or --all')
  const days = daysOf(values)
  if (!isSource(source)) throw new UsageError('--source must be stream, archive or auto')
  const sites = all ? 'all' : [...new Set(site)].sort()
  return { kind: 'run', sites, ...days, source, rules, dryRun: values['dry-run'] }
}

function daysOf(values: Values): { from: number; to: number } {
  const from = dayOf('--from', needed(values.from, 'say the first day with --from DAY'))
  const to = values.to === undefined ? from : dayOf('--to', values.to)
  if (to < from) throw new UsageError('--to must not lie before --from')
  return { from, to }
}

function isSource(text: string): text is ReplaySourceKind {
  return replaySources.some((kind) => kind === text)
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        site: { type: 'string', multiple: true },
        all: { type: 'boolean', default: false },
        from: { type: 'string' },
        to: { type: 'string' },
        source: { type: 'string', default: 'auto' },
        rules: { type: 'string' },
        'to-stream': { type: 'string' },
        rate: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        resume: { type: 'string' },
        workers: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function needed(value: string | undefined, message: string): string {
  if (!value) throw new UsageError(message)
  return value
}

function dayOf(option: string, text: string): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // Date.parse takes 31 February for 3 March.
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== text)
    throw new UsageError(`${option} must be a day such as 2026-03-10`)
  return day
}

export class UsageError extends Error {}

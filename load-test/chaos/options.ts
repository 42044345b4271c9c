/** The command line of chaos, pure: what was asked for, or the one line that says what is wrong with it. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type FaultRule, parseRule, RuleError } from '../faults/rules.ts'
import { type TargetName, targetNames, targets } from './targets.ts'

export type ChaosOptions = {
  target: TargetName
  kills: number
  /** Events a second. */
  rate: number
  seed: number
  signal: 'SIGKILL' | 'SIGTERM'
  /** What goes wrong between the target and Kinesis meanwhile. */
  faults: FaultRule[]
  json: boolean
}
export type ChaosCommand =
  | { kind: 'run'; options: ChaosOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; message: string }

export const help = `Kills a part of Retrace again and again while events come in, and counts what was lost.

npm run chaos -- --target TARGET [options]

  --target TARGET   ${targetNames.map((name) => `${name}: ${targets[name].about}`).join('; ')}
  --kills N         how often, each of them (default 20)
  --rate N          events a second, at most (default 500)
  --seed N          integer that repeats moments and events as far as the machine lets it (default: a new one, printed)
  --sigterm         SIGTERM in place of SIGKILL: every request must be answered, and the process end with 0
  --fault JSON      makes Kinesis fail for it as well, by a rule of npm run fault-proxy; may be given several times
  --json            the last line of the output is one JSON object
  --help            this text

It starts a Retrace of its own, with its data in a temporary folder, and removes it in the end, also on Ctrl-C. A client
sends every event again until it is acknowledged. In the end the stream is read, and the figures of the dashboard.

The consumers are killed one by one, each at moments of its own, while DynamoDB, S3 and Kinesis fail for them: throttled,
slow, refused, 500, answers lost after the write. In the end another set of them reads the same stream undisturbed into
other tables and another bucket, and what both left behind is compared: items to the byte, archive row by row.

Exit status: 0 when nothing was lost, doubled or different, 1 when something was, 2 when the command was wrong, 130 on
Ctrl-C.`

/** @param argv arguments after the script's name */
export function parseChaosCommand(argv: string[]): ChaosCommand {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        target: { type: 'string' },
        kills: { type: 'string', default: '20' },
        rate: { type: 'string', default: '500' },
        seed: { type: 'string' },
        fault: { type: 'string', multiple: true, default: [] },
        sigterm: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const target = targetNames.find((name) => name === values.target)
    if (!target) throw new Error(`--target must be ${targetNames.join(' or ')}`)
    return {
      kind: 'run',
      options: {
        target,
        kills: integer('--kills', values.kills, 0, 100_000),
        rate: integer('--rate', values.rate, 10, 20_000),
        seed:
          values.seed === undefined ? randomInt(2 ** 32) : integer('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
        signal: values.sigterm ? 'SIGTERM' : 'SIGKILL',
        faults: values.fault.map(parseRule),
        json: values.json,
      },
    }
  } catch (error) {
    if (error instanceof RuleError) return { kind: 'wrong', message: `--fault: ${error.message}` }
    // parseArgs explains at length how to pass a value that begins with a dash: its first sentence is enough.
    const [message = ''] = (error as Error).message.split(/\.?\s+To specify|\n/, 1)
    return { kind: 'wrong', message }
  }
}

function integer(flag: string, text: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isInteger(value) || value < min || value > max)
    throw new Error(`${flag} must be an integer from ${min} to ${max}`)
  return value
}

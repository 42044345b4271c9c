/** The command line of the fault proxy, pure: what was asked for, or the one line that says what is wrong with it. */
import { parseArgs } from 'node:util'
import { type FaultRule, parseRule, RuleError } from './rules.ts'

export type ProxyCommand =
  | { kind: 'run'; target: string; port: number; seed: number; rules: FaultRule[] }
  | { kind: 'help' }
  | { kind: 'wrong'; message: string }

export const help = `Stands between Retrace and an AWS-compatible store and makes it fail as told.

npm run fault-proxy -- --target URL [--port N] [--rule JSON]… [--seed N]

  --target URL   the store, such as http://127.0.0.1:4567
  --port N       port to listen on, on 127.0.0.1 (default: a free one, printed)
  --rule JSON    what goes wrong; may be given several times. Delays add up, the first other rule that applies decides
  --seed N       integer that repeats what probabilities decide (default 1)
  --help         this text

A rule is {"kind": …, "when": …, "operation": …}. Kinds:
  throttle       answers that the throughput is exceeded
  partial        refuses each entry of a PutRecords with probability "share"; the others are stored
  delay          waits "ms" milliseconds
  refuse         resets the connection; the store sees nothing
  error500       answers an internal error
  lostAnswer     the store does as asked, and the connection is reset instead of answered
"when" is "always" (default), {"probability": 0.1}, {"between": [10, 40]} in seconds from the start, {"every": [20, 3]}
for the last 3 of every 20 seconds, or several of these in one.
"operation" is the API's name (PutRecords, GetItem), or the HTTP method for S3. Default: any.

  npm run fault-proxy -- --target http://127.0.0.1:4567 --rule '{"kind":"partial","share":0.5}'

Then set AWS_ENDPOINT_URL_KINESIS (…_S3, …_DYNAMODB) to the address that it prints. SIGUSR2 and Ctrl-C print what was
done so far. Exit status: 2 when the command was wrong.`

/** @param argv arguments after the script's name */
export function parseProxyCommand(argv: string[]): ProxyCommand {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        target: { type: 'string' },
        port: { type: 'string', default: '0' },
        rule: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    return {
      kind: 'run',
      target: webAddress(values.target),
      port: integer('--port', values.port, 65_535),
      seed: integer('--seed', values.seed, Number.MAX_SAFE_INTEGER),
      rules: values.rule.map(parseRule),
    }
  } catch (error) {
    if (error instanceof RuleError) return { kind: 'wrong', message: `--rule: ${error.message}` }
    // parseArgs explains at length how to pass a value that begins with a dash: its first sentence is enough.
    const [message = ''] = (error as Error).message.split(/\.?\s+To specify|\n/, 1)
    return { kind: 'wrong', message }
  }
}

function webAddress(text: string | undefined): string {
  if (text === undefined) throw new Error('--target is missing: the http address of the store')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new Error('--target must be an http or https address')
  return url.origin
}

function integer(flag: string, text: string, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new Error(`${flag} must be an integer from 0 to ${max}`)
  return value
}

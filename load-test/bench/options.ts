/** The command line of the benchmark, pure. */
import { parseArgs } from 'node:util'
import { numberFrom } from '../options.ts'

export type BenchOptions = {
  rounds: number
  /** Of each measurement in a round. */
  seconds: number
  /** At which processor time is measured; the closed loop has no rate. */
  requestsPerSecond: number
  json: boolean
}
export type BenchCommand =
  | { kind: 'run'; options: BenchOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; message: string }

export const help = `Measures the ingestion endpoint beside a bare Fastify route and beside one PutRecord per event.

npm run bench:ingest -- [options]

  --rounds N    how often everything is measured; medians are reported (default 3)
  --seconds N   length of each measurement in a round (default 5)
  --rate N      requests a second, 5 events each, at which processor time is measured (default 4000: at a few
                hundred a second, waking up costs more than any request)
  --json        the last line of the output is one JSON object
  --help        this text

Everything runs on this machine, on free ports and a temporary folder. Exit status: 0 when all requests were stored,
1 when one failed, 2 when the command was wrong.`

export function parseBenchCommand(argv: string[]): BenchCommand {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '5' },
        rate: { type: 'string', default: '4000' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    return {
      kind: 'run',
      options: {
        rounds: Math.round(numberFrom('--rounds', values.rounds, 1, 100)),
        seconds: numberFrom('--seconds', values.seconds, 0.2, 300),
        requestsPerSecond: numberFrom('--rate', values.rate, 10, 20_000),
        json: values.json,
      },
    }
  } catch (error) {
    const [message = ''] = (error as Error).message.split(/\.?\s+To specify|\n/, 1)
    return { kind: 'wrong', message }
  }
}

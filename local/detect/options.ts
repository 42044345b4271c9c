/** The command line of `npm run detect`, pure: what was asked for. */
import { parseArgs } from 'node:util'
import { UsageError } from '../command.ts'

export type DetectCommand = { kind: 'detect'; input: string; output: string } | { kind: 'help' }

export const help = `Scores a series of numbers by how surprising each is: row by row, from the rows before it alone.

npm run detect -- --input series.csv --output scores.csv
npm run detect -- --input FOLDER --output FOLDER

  --input PATH     a CSV file with columns timestamp and value, or a folder of them, with all folders in it; - is
                   standard input. A timestamp is a date and time (UTC where it says nothing else), or a number of
                   seconds or milliseconds since 1970
  --output PATH    where the scores go: columns timestamp and anomaly_score, from 0 to 1, a row for each row; for a
                   folder, the same paths in a folder, which is made where there is none; - is standard output
  --help           this text

A score is 1 minus the probability of something as strange, going by the rows before; 0.99 is a threshold to begin with.
An incident scores high once, when it begins (docs/anomaly-detection.md).

Exit status: 0 done, 1 something could not be read or written, 2 the command was wrong.`

/**
 * @param args arguments after the script's name
 * @throws UsageError, or what `parseArgs` throws, when the command is wrong
 */
export function parseDetectCommand(args: string[]): DetectCommand {
  const { values } = parseArgs({
    args,
    options: {
      input: { type: 'string' },
      output: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return { kind: 'help' }
  const { input, output } = values
  if (!input) throw new UsageError('--input is needed')
  if (!output) throw new UsageError('--output is needed')
  return { kind: 'detect', input, output }
}

/** The command line of `npm run quarantine`, pure: what was asked for, or the one line that says what is wrong with it. */
import { parseArgs } from 'node:util'
import type { SequenceNumber } from '../../stream/sequence.ts'

/** Which records: undefined stands for all. */
export type Selection = { sequenceNumber: SequenceNumber | undefined; consumer: string | undefined }

export type QuarantineCommand =
  | { kind: 'list'; selection: Selection; json: boolean }
  | { kind: 'show'; selection: Selection }
  | { kind: 'retry'; selection: Selection }
  | { kind: 'help' }
  | { kind: 'wrong'; message: string }

export const help = `Looks at the records that consumers passed over, and puts them back into the stream after a repair.

npm run quarantine -- list [--consumer NAME] [--json]
npm run quarantine -- show SEQUENCE [--consumer NAME]
npm run quarantine -- retry SEQUENCE|--all [--consumer NAME]

  list              what there is: since when, consumer, shard, sequence, reason, bytes
  show              one record: its header, the reason, its first bytes, and what it says if it can be decoded
  retry             puts the same bytes into the stream again, for the consumer that failed alone, and deletes the
                    object once Kinesis has it; a record that fails again comes back here
  --all             every record in the quarantine
  --consumer NAME   those of one consumer
  --json            the last line of the output is one JSON object
  --help            this text

It speaks to the Retrace that runs here (npm start), else to the AWS account of the environment.

Exit status: 0 done, 1 something failed or was not found, 2 the command was wrong.`

/** @param argv arguments after the script's name */
export function parseQuarantineCommand(argv: string[]): QuarantineCommand {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        consumer: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const [command, sequenceNumber, ...more] = positionals
    const { all, consumer, json } = values
    const selection = { sequenceNumber, consumer }
    if (more.length > 0) return wrong(`"${more[0]}" is one argument too many`)
    if (sequenceNumber !== undefined && !/^\d+$/.test(sequenceNumber))
      return wrong(`SEQUENCE is a number, not "${sequenceNumber}"`)
    if (all && command !== 'retry') return wrong('--all is for retry')
    if (json && command !== 'list') return wrong('--json is for list')
    switch (command) {
      case 'list':
        return sequenceNumber === undefined ? { kind: 'list', selection, json } : wrong('list takes no SEQUENCE')
      case 'show':
        return sequenceNumber === undefined ? wrong('show needs a SEQUENCE') : { kind: 'show', selection }
      case 'retry':
        return all === (sequenceNumber !== undefined)
          ? wrong('retry needs a SEQUENCE or --all')
          : { kind: 'retry', selection }
      default:
        return wrong('list, show or retry is needed')
    }
  } catch (error) {
    return wrong((error as Error).message)
  }
}

function wrong(message: string): QuarantineCommand {
  return { kind: 'wrong', message }
}

/** The command line of `npm run test:deploy`, pure: what was asked for. */
import { parseArgs } from 'node:util'
import { UsageError } from '../command.ts'

export type DeployTestCommand = { kind: 'run'; port: number; keep: boolean; json: boolean } | { kind: 'help' }

export const help = `Deploys the stack of cdk/ with the CDK's own command to an emulator of AWS on this machine, sends events through it,
looks at what became of them, and destroys it.

npm run test:deploy -- [--port PORT] [--keep] [--json]

  --port PORT      where the emulator listens, on 127.0.0.1 (default: a free port)
  --keep           leave it running for a look, until Ctrl-C
  --json           the last line is one JSON object
  --help           this text

It needs Python 3.10 or later with venv; the emulator (MiniStack) comes from PyPI once, into the data folder
(RETRACE_DATA_DIR, by default .retrace). Nothing of it reaches AWS: credentials and profiles are not passed on.

Exit status: 0 all is as it should be, 1 it is not, 2 the command was wrong, 3 Python or PyPI is missing.`

/**
 * @param args arguments after the script's name
 * @throws UsageError, or what `parseArgs` throws, when the command is wrong
 */
export function parseDeployTestCommand(args: string[]): DeployTestCommand {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return { kind: 'help' }
  const port = Number(values.port)
  if (values.port.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError('--port must be a port number, or 0 for a free one')
  return { kind: 'run', port, keep: values.keep, json: values.json }
}

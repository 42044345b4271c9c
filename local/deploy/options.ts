/** The command line of `npm run deploy`, pure: what was asked for. */
import { parseArgs } from 'node:util'
import { UsageError } from '../command.ts'

export type DeployCommand =
  | {
      kind: 'deploy'
      profile: string | undefined
      region: string | undefined
      config: string | undefined
      bootstrap: boolean
      yes: boolean
      json: boolean
    }
  | { kind: 'help' }

export const help = `Deploys Retrace to AWS, or what has changed of it, and says how to go on (docs/deploy.md).

npm run deploy -- [--profile NAME] [--region REGION] [--config FILE] [--bootstrap] [--yes] [--json]

  --profile NAME   credentials: a profile of the AWS command line (default: AWS_PROFILE, or the SDK's own rules)
  --region REGION  such as eu-central-1 (default: AWS_REGION, or the profile's)
  --config FILE    your choices, as JSON: what differs from cdk/config.ts
  --bootstrap      prepares account and region for the CDK first: once for both
  --yes            does not ask before rights are widened
  --json           the last line is one JSON object: the outputs of the stack
  --help           this text

It needs Docker, for the image of the servers (not with "servers": "elsewhere").

Exit status: 0 deployed, 1 not, 2 the command was wrong.`

/**
 * @param args arguments after the script's name
 * @throws UsageError, or what `parseArgs` throws, when the command is wrong
 */
export function parseDeployCommand(args: string[]): DeployCommand {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: 'string' },
      region: { type: 'string' },
      config: { type: 'string' },
      bootstrap: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return { kind: 'help' }
  const { profile, region, config, bootstrap, yes, json } = values
  if (region !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError('--region must be a region of AWS, such as eu-central-1')
  for (const [name, value] of Object.entries({ profile, config }))
    if (value === '') throw new UsageError(`--${name} needs a value`)
  return { kind: 'deploy', profile, region, config, bootstrap, yes, json }
}

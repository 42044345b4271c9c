/** `npm run rules`: the rules by which events count. */
import { consumerEnvironment } from '../../consumers/runtime/process.ts'
import { commandSettings, useRunningStores } from '../running.ts'
import { explain } from './explain.ts'
import { help, parseRulesCommand, type RulesCommand } from './options.ts'
import { readRules } from './read-rules.ts'
import { tellNetworks } from './tell-networks.ts'
import { useRules } from './use-rules.ts'

async function run(command: Exclude<RulesCommand, { kind: 'help' | 'wrong' }>): Promise<string> {
  if (command.kind === 'use' || command.kind === 'network') {
    useRunningStores(commandSettings(), process.env)
    const environment = consumerEnvironment(process.env)
    if (command.kind === 'network') return tellNetworks(environment, command.networks)
    return useRules(environment, command.rules, Date.now())
  }
  const rules = await readRules(command.file)
  switch (command.kind) {
    case 'check':
      return `${command.file} is fine: rules ${rules.version}`
    case 'show':
      return JSON.stringify(rules.document, null, 2)
    case 'explain':
      return explain(rules, command.example)
  }
}

const command = parseRulesCommand(process.argv.slice(2))
if (command.kind === 'help') console.log(help)
else if (command.kind === 'wrong') fail(`${command.message} (--help lists the options)`, 2)
else
  await run(command).then(
    (text) => console.log(text),
    (error: unknown) => fail((error as Error).message, 1),
  )

function fail(text: string, exitCode: number): void {
  console.error(text)
  process.exitCode = exitCode
}

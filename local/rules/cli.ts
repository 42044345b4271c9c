/** `npm run rules`: the rules by which events count. */
import { explain } from './explain.ts'
import { help, parseRulesCommand, type RulesCommand } from './options.ts'
import { readRules } from './read-rules.ts'

async function run(command: Extract<RulesCommand, { kind: 'check' | 'show' | 'explain' }>): Promise<string> {
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

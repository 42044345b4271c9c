/** How `npm start` is called: it has settings, which are environment variables, and no options. */
import { settingDeclarations } from '../stream/settings.ts'
import { UsageError } from './command.ts'

/** Of the tests, which start Retrace as well. */
const ofTests = /^RETRACE_TEST_/

/** @throws UsageError when anything else is asked for */
export function asksForHelp(argv: readonly string[]): boolean {
  const other = argv.find((argument) => argument !== '--help')
  if (other !== undefined) throw new UsageError(`npm start takes no ${other}; npm start -- --help says what it takes`)
  return argv.length > 0
}

export function startHelp(): string {
  const settings = Object.entries(settingDeclarations).map(
    ([name, setting]) => `  ${name}${setting.default && `=${setting.default}`}\n      ${setting.about}`,
  )
  return `Usage: [SETTING=VALUE]… npm start

Starts all of Retrace on this machine, with AWS-compatible stores of its own, and says where everything is. Ctrl-C stops
it; everything is kept. Settings are environment variables, here with what they are when they are not set:

${settings.join('\n')}

Exit status: 0 when it was stopped, 1 when it could not start, 2 when the command was wrong.`
}

/** Names that look like settings and are none: a mistyped one would change nothing, and nobody would know why. */
export function unknownSettings(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).filter(
    (name) => name.startsWith('RETRACE_') && !Object.hasOwn(settingDeclarations, name) && !ofTests.test(name),
  )
}

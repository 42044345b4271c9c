/** Synthesises the stack: `node cdk/app.ts [FILE]`, with the changes of a JSON file (config-file.ts). */
import { ConfigError, deployment } from './config.ts'
import { readConfigFile } from './config-file.ts'
import { createApp } from './stack.ts'

const [file] = process.argv.slice(2)
try {
  createApp(file === undefined ? deployment : readConfigFile(file)).app.synth()
} catch (error) {
  // What a person can mend is one sentence; anything else is a fault and keeps its stack trace.
  if (!(error instanceof ConfigError)) throw error
  console.error(`${file ?? 'cdk/config.ts'}: ${error.message}`)
  process.exitCode = 1
}

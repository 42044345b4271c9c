import { ConfigError, deployment } from './config.ts'
import { createApp } from './stack.ts'

try {
  createApp(deployment).app.synth()
} catch (error) {
  // What a person can mend is one sentence; anything else is a fault and keeps its stack trace.
  if (!(error instanceof ConfigError)) throw error
  console.error(`cdk/config.ts: ${error.message}`)
  process.exitCode = 1
}

/** The CDK's own command (aws-cdk), as a person who deploys would call it. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { account, region } from './ministack.ts'
import { run } from './run.ts'

export const stackName = 'retrace-test'

const root = join(import.meta.dirname, '../..')
const cdk = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk')
/** No question, no message of the day, no report to AWS. */
const quiet = ['--no-notices', '--no-version-reporting', '--no-color']
const timeoutMs = 120_000

export type Toolkit = {
  /** Bundles the functions and writes the template; needs no AWS. */
  synth: (env: NodeJS.ProcessEnv) => Promise<void>
  bootstrap: (env: NodeJS.ProcessEnv) => Promise<void>
  /** @returns the outputs of the stack */
  deploy: (env: NodeJS.ProcessEnv) => Promise<Record<string, string>>
  destroy: (env: NodeJS.ProcessEnv) => Promise<void>
}

/**
 * @param folder for what it writes
 * @param logs folder for what it prints
 */
export function createToolkit(folder: string, logs: string, signal: AbortSignal): Toolkit {
  const assembly = join(folder, 'cdk.out')
  const outputs = join(folder, 'outputs.json')
  const call = (name: string, args: string[], env: NodeJS.ProcessEnv) => {
    const log = join(logs, `cdk-${name}.log`)
    const all = [cdk, name, ...args, ...quiet]
    return run({ command: process.execPath, args: all, env, cwd: root, log, timeoutMs, signal }).catch(
      (error: Error) => {
        signal.throwIfAborted()
        throw new Error(`cdk ${name}: ${error.message}`)
      },
    )
  }
  return {
    synth: (env) => call('synth', ['--quiet', '--app', 'node local/deploy-test/app.ts', '--output', assembly], env),
    bootstrap: (env) => call('bootstrap', [`aws://${account}/${region}`], env),
    async deploy(env) {
      await call('deploy', ['--app', assembly, '--require-approval', 'never', '--outputs-file', outputs], env)
      const all = JSON.parse(await readFile(outputs, 'utf8')) as Record<string, Record<string, string>>
      return all[stackName] ?? {}
    },
    destroy: (env) => call('destroy', ['--app', assembly, '--force'], env),
  }
}

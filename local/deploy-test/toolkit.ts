/**
 * Deploying and destroying as a person would: by `npm run deploy` and the CDK's own command. What config.json changes of
 * the deployment is what MiniStack cannot make, and waits:
 *
 * - servers: their image takes Docker, so endpoint and dashboard run beside it, against the same stream and stores.
 * - endpointHost: the endpoint as a function is deployed all the same, and asked by its URL.
 * - monitoring: MiniStack knows no alarm that computes with metrics.
 * - Data stay when the stack goes, as they do by default. The helper that would empty the bucket needs an AWS SDK that
 *   Lambda has and MiniStack has not.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { run } from './run.ts'

export const stackName = 'retrace-test'

const root = join(import.meta.dirname, '../..')
const config = join(import.meta.dirname, 'config.json')
const deployCommand = join(root, 'local/deploy/cli.ts')
const cdk = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk')
const timeoutMs = 180_000

export type Toolkit = {
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
  const call = (name: string, args: string[], env: NodeJS.ProcessEnv) =>
    run({
      command: process.execPath,
      args,
      env: { ...env, CDK_OUTDIR: assembly },
      cwd: root,
      log: join(logs, `${name}.log`),
      timeoutMs,
      signal,
    })
  return {
    async deploy(env) {
      await call('deploy', [deployCommand, '--config', config, '--bootstrap', '--yes'], env)
      const all = JSON.parse(await readFile(join(assembly, 'outputs.json'), 'utf8'))
      return (all as Record<string, Record<string, string>>)[stackName] ?? {}
    },
    destroy: (env) => call('destroy', [cdk, 'destroy', '--app', assembly, '--force', '--no-notices'], env),
  }
}

/** `npm run deploy`: synthesises the stack and has the CDK's own command deploy it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { runCommand } from '../command.ts'
import { nextSteps, type Outputs } from './next-steps.ts'
import { help, parseDeployCommand } from './options.ts'

const root = join(import.meta.dirname, '../..')
const cdk = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin', 'cdk')

runCommand(help, async () => {
  const command = parseDeployCommand(process.argv.slice(2))
  if (command.kind === 'help') {
    console.log(help)
    return
  }
  const { profile, region, config, bootstrap, yes, json } = command
  // The CDK's own variable, which it goes by as well.
  const assembly = resolve(process.env.CDK_OUTDIR ?? join(root, 'cdk.out'))
  const env = {
    ...process.env,
    CDK_OUTDIR: assembly,
    ...(region !== undefined && { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
  }
  await call('The stack could not be made', [join(root, 'cdk/app.ts'), ...(config ? [resolve(config)] : [])], env)
  const access = ['--app', assembly, '--no-notices', ...(profile ? ['--profile', profile] : [])]
  if (bootstrap) await call('Account and region could not be prepared', [cdk, 'bootstrap', ...access], env)
  const file = join(assembly, 'outputs.json')
  const asked = yes ? ['--require-approval', 'never'] : []
  await call('It is not deployed', [cdk, 'deploy', ...access, ...asked, '--outputs-file', file], env)
  const [outputs = {}] = Object.values(JSON.parse(await readFile(file, 'utf8')) as Record<string, Outputs>)
  const flags = Object.entries({ profile, region }).map(([name, value]) => (value ? ` --${name} ${value}` : ''))
  console.log(nextSteps(outputs, flags.join('')))
  if (json) console.log(JSON.stringify(outputs))
})

/**
 * With the terminal for its own, so that it can ask; what it says goes to standard error.
 *
 * @param problem what is so when it fails, in words; it has said why
 */
async function call(problem: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, args, { env, cwd: root, stdio: ['inherit', process.stderr, process.stderr] })
  // A terminal's Ctrl-C reaches it as well, and it ends in its own way.
  const pass = (signal: NodeJS.Signals) => child.kill(signal)
  process.on('SIGINT', pass)
  process.on('SIGTERM', pass)
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  process.off('SIGINT', pass)
  process.off('SIGTERM', pass)
  if (code !== 0) throw new Error(`${problem} (${signal ?? `exit code ${code}`}).`)
}

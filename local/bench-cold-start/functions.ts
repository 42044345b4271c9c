/** The functions of the stack, as they are deployed. */
import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export type BundledFunction = {
  name: string
  bundle: string
  bytes: number
  memoryMiB: number
  /** Where its events come from. */
  source: 'stream' | 'schedule' | 'url'
}

type Properties = { Description?: string; Code: { S3Key?: string }; MemorySize: number; FunctionName?: unknown }
type Template = {
  Resources: Record<
    string,
    {
      Type: string
      Properties: Properties & {
        FunctionName?: { Ref: string }
        TargetFunctionArn?: { 'Fn::GetAtt': [string, string] }
      }
    }
  >
}

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** What a deployment of small sites chooses: all functions that there are. */
const choices = { endpointHost: 'lambda', servers: 'fargate' }

/** Synthesises the stack into a folder. */
export async function bundleFunctions(folder: string): Promise<BundledFunction[]> {
  const config = join(folder, '..', 'choices.json')
  await writeFile(config, JSON.stringify(choices))
  await run(process.execPath, [join(root, 'cdk/app.ts'), config], {
    env: { ...process.env, CDK_OUTDIR: folder },
    cwd: root,
  })
  const template = JSON.parse(await readFile(join(folder, 'retrace.template.json'), 'utf8')) as Template
  const resources = Object.entries(template.Resources)
  const fed = new Set(
    resources.flatMap(([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::EventSourceMapping' ? [Properties.FunctionName?.Ref] : [],
    ),
  )
  const called = new Set(
    resources.flatMap(([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::Url' ? [Properties.TargetFunctionArn?.['Fn::GetAtt'][0]] : [],
    ),
  )
  const functions = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
  return Promise.all(
    functions.map(async ([id, { Properties }]) => {
      const { Description = id, Code, MemorySize } = Properties
      const bundle = join(folder, `asset.${Code.S3Key?.replace('.zip', '')}`, 'index.mjs')
      const { size } = await stat(bundle)
      const name = Description.replace('Retrace: ', '')
      const source = fed.has(id) ? 'stream' : called.has(id) ? 'url' : 'schedule'
      return { name, bundle, bytes: size, memoryMiB: MemorySize, source }
    }),
  )
}

/** The functions of the stack, as they are deployed. */
import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export type BundledFunction = { name: string; bundle: string; bytes: number; memoryMiB: number; readsStream: boolean }

type Properties = { Description?: string; Code: { S3Key?: string }; MemorySize: number; FunctionName?: unknown }
type Template = {
  Resources: Record<string, { Type: string; Properties: Properties & { FunctionName?: { Ref: string } } }>
}

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** Synthesises the stack into a folder. */
export async function bundleFunctions(folder: string): Promise<BundledFunction[]> {
  await run(process.execPath, [join(root, 'cdk/app.ts')], { env: { ...process.env, CDK_OUTDIR: folder }, cwd: root })
  const template = JSON.parse(await readFile(join(folder, 'retrace.template.json'), 'utf8')) as Template
  const resources = Object.entries(template.Resources)
  const fed = new Set(
    resources.flatMap(([, { Type, Properties }]) =>
      Type === 'AWS::Lambda::EventSourceMapping' ? [Properties.FunctionName?.Ref] : [],
    ),
  )
  const functions = resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
  return Promise.all(
    functions.map(async ([id, { Properties }]) => {
      const { Description = id, Code, MemorySize } = Properties
      const bundle = join(folder, `asset.${Code.S3Key?.replace('.zip', '')}`, 'index.mjs')
      const { size } = await stat(bundle)
      const name = Description.replace('Retrace: ', '')
      return { name, bundle, bytes: size, memoryMiB: MemorySize, readsStream: fed.has(id) }
    }),
  )
}

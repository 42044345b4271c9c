/** Bundles the page: `node dashboard/build.ts`. The server takes it from dist/dashboard (assets.ts). */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { type BundleFiles, pageDocument } from './documents.ts'
import { formDocuments } from './forms.ts'
import { languages } from './page/language.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const outFolder = 'dist/dashboard'
const scriptEntry = 'dashboard/page/main.tsx'
/** Files of their own, each whole: theme-boot.ts is no module, it runs before the page is drawn. */
const entries = {
  theme: 'dashboard/page/theme-boot.ts',
  styles: 'dashboard/page/styles/all.css',
  mark: 'dashboard/page/mark.svg',
} as const satisfies Partial<Record<keyof BundleFiles, string>>

/** All scripts of a first page together, gzip. */
const maxScriptBytes = 60 * 1024

export type BundleSizes = {
  /** What a first page loads. */
  scriptBytes: number
  /** What is loaded when it is needed. */
  lazyBytes: number
  styleBytes: number
}

const options = {
  absWorkingDir: root,
  outdir: outFolder,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.svg': 'copy' },
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions

/**
 * @returns sizes as they travel, gzip
 * @throws when the scripts are larger than a first visit should load
 */
export async function buildDashboard(): Promise<BundleSizes> {
  const [page, others] = await Promise.all([
    build({ ...options, entryPoints: [{ in: scriptEntry, out: 'script' }], splitting: true }),
    build({ ...options, entryPoints: Object.entries(entries).map(([out, path]) => ({ in: path, out })) }),
  ])
  const outputFiles = [...page.outputFiles, ...others.outputFiles]
  const files = bundleFiles(page.metafile, others.metafile)
  const documents = {
    'index.html': pageDocument(files),
    ...translatedForms(files),
  }
  const built = new Map<string, Uint8Array | string>(
    outputFiles.map(({ path, contents }) => [basename(path), contents]),
  )
  const sizes = checkSizes(files, built)
  for (const [name, html] of Object.entries(documents)) built.set(name, html)
  await replaceFiles(join(root, outFolder), built)
  return sizes
}

/** By file name: what is not English has its language in it, and assets.ts picks by what the browser asks for. */
function translatedForms(files: BundleFiles): Record<string, string> {
  const documents = languages.flatMap((language) =>
    Object.entries(formDocuments(files, language)).map(
      ([name, html]) => [language === 'en' ? name : name.replace('.html', `.${language}.html`), html] as const,
    ),
  )
  return Object.fromEntries(documents)
}

/**
 * Each file is written beside and renamed, and what is not needed any more goes last: several processes may build at
 * once, and one that reads meanwhile finds whole files.
 */
async function replaceFiles(folder: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, content] of files) {
    const unfinished = join(folder, `.${name}.${process.pid}`)
    await writeFile(unfinished, content)
    await rename(unfinished, join(folder, name))
  }
  const stale = (await readdir(folder)).filter((name) => !files.has(name) && !name.startsWith('.'))
  for (const name of stale) await rm(join(folder, name), { force: true })
}

function bundleFiles(page: Metafile, others: Metafile): BundleFiles {
  const script = outputOf(page, scriptEntry)
  const theme = outputOf(others, entries.theme)
  return {
    script: addressOf(script),
    parts: staticImports(page, script).map(addressOf),
    theme: addressOf(theme),
    styles: addressOf(outputOf(others, entries.styles)),
    mark: addressOf(outputOf(others, entries.mark)),
  }
}

function outputOf({ outputs }: Metafile, entry: string): string {
  const output = Object.entries(outputs).find(
    ([, { entryPoint, inputs }]) => entryPoint === entry || Object.keys(inputs).join() === entry,
  )
  if (!output) throw new Error(`esbuild made nothing of ${entry}`)
  return output[0]
}

/** Chunks without which a script does not start: those that it shares with what is loaded later. */
function staticImports({ outputs }: Metafile, script: string, found = new Set<string>()): string[] {
  for (const { path, kind } of outputs[script]?.imports ?? []) {
    if (kind !== 'import-statement' || found.has(path)) continue
    found.add(path)
    staticImports({ outputs } as Metafile, path, found)
  }
  return [...found]
}

function addressOf(output: string): string {
  return `/assets/${basename(output)}`
}

function checkSizes(files: BundleFiles, built: ReadonlyMap<string, Uint8Array | string>): BundleSizes {
  const size = (address: string) => gzipSync(built.get(basename(address)) ?? '').length
  const first = [files.script, ...files.parts, files.theme]
  const scriptBytes = first.reduce((sum, address) => sum + size(address), 0)
  const lazy = [...built.keys()].filter((name) => name.endsWith('.js') && !first.includes(addressOf(name)))
  const lazyBytes = lazy.reduce((sum, name) => sum + size(name), 0)
  if (scriptBytes > maxScriptBytes)
    throw new Error(`the page's scripts may take ${kilobytes(maxScriptBytes)}, they take ${kilobytes(scriptBytes)}`)
  return { scriptBytes, lazyBytes, styleBytes: size(files.styles) }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`
}

if (import.meta.main) {
  const { scriptBytes, lazyBytes, styleBytes } = await buildDashboard()
  const [first, later, styles] = [scriptBytes, lazyBytes, styleBytes].map(kilobytes)
  console.log(`dashboard: scripts ${first}, when they are needed ${later} more, styles ${styles} (gzip)`)
}

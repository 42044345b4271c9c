/** Bundles the page: `node dashboard/build.ts`. The server takes it from dist/dashboard (assets.ts). */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { type BundleFiles, pageDocument, signInDocument } from './documents.ts'
import { texts } from './page/texts.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const outFolder = 'dist/dashboard'
const entries = {
  script: 'dashboard/page/main.tsx',
  theme: 'dashboard/page/theme-boot.ts',
  styles: 'dashboard/page/styles/all.css',
  mark: 'dashboard/page/mark.svg',
} as const satisfies Record<keyof BundleFiles, string>

/** All scripts of the page together, gzip. */
const maxScriptBytes = 60 * 1024

export type BundleSizes = { scriptBytes: number; styleBytes: number }

/**
 * @returns sizes as they travel, gzip
 * @throws when the scripts are larger than a first visit should load
 */
export async function buildDashboard(): Promise<BundleSizes> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, path]) => ({ in: path, out })),
    outdir: outFolder,
    entryNames: '[name]-[hash]',
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
  })
  const files = bundleFiles(metafile)
  const documents = {
    'index.html': pageDocument(files),
    'sign-in.html': signInDocument(files),
    'sign-in-wrong.html': signInDocument(files, texts.signIn.wrong),
    'sign-in-throttled.html': signInDocument(files, texts.signIn.throttled),
  }
  const built = new Map<string, Uint8Array | string>(
    outputFiles.map(({ path, contents }) => [basename(path), contents]),
  )
  const sizes = checkSizes(files, built)
  for (const [name, html] of Object.entries(documents)) built.set(name, html)
  await replaceFiles(join(root, outFolder), built)
  return sizes
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

function bundleFiles(metafile: Metafile): BundleFiles {
  const addressOf = (entry: string) => {
    const output = Object.entries(metafile.outputs).find(
      ([, { entryPoint, inputs }]) => entryPoint === entry || Object.keys(inputs).join() === entry,
    )
    if (!output) throw new Error(`esbuild made nothing of ${entry}`)
    return `/assets/${basename(output[0])}`
  }
  return {
    script: addressOf(entries.script),
    theme: addressOf(entries.theme),
    styles: addressOf(entries.styles),
    mark: addressOf(entries.mark),
  }
}

function checkSizes(files: BundleFiles, built: ReadonlyMap<string, Uint8Array | string>): BundleSizes {
  const size = (address: string) => gzipSync(built.get(basename(address)) ?? '').length
  const scriptBytes = size(files.script) + size(files.theme)
  if (scriptBytes > maxScriptBytes)
    throw new Error(`the page's scripts may take ${kilobytes(maxScriptBytes)}, they take ${kilobytes(scriptBytes)}`)
  return { scriptBytes, styleBytes: size(files.styles) }
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`
}

if (import.meta.main) {
  const { scriptBytes, styleBytes } = await buildDashboard()
  console.log(`dashboard: scripts ${kilobytes(scriptBytes)}, styles ${kilobytes(styleBytes)} (gzip)`)
}

/** Bundles the browser script: `node snippet/build.ts`, or `buildSnippet()` for who serves it or tests it. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { type BuildOptions, build, transform } from 'esbuild'

export type BuiltSnippet = {
  /** Where it was written. */
  path: string
  code: string
  rawBytes: number
  /** At quality 11, as a CDN would send it. */
  brotliBytes: number
}

const entry = fileURLToPath(new URL('browser/retrace.ts', import.meta.url))
const output = fileURLToPath(new URL('../dist/retrace.js', import.meta.url))

/** `tsconfigRaw`: the project's own settings would add "use strict", which changes nothing here but the size. */
const common = {
  target: 'es2018',
  charset: 'utf8',
  logLevel: 'silent',
  tsconfigRaw: {},
} as const satisfies BuildOptions

/**
 * Two passes: the modules become one scope first, and that scope, inside a function of its own, is then minified as a
 * whole (60 bytes less than one pass). The `try` around it is the last net of "never throws into the page": what
 * fails while the script starts ends there. Properties are not mangled: what the script keeps to itself are variables,
 * which are shortened anyway, and the properties that are left belong to the browser or to the protocol.
 */
export async function buildSnippet(): Promise<BuiltSnippet> {
  const bundled = await build({
    ...common,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    minifySyntax: true,
    write: false,
  })
  const scope = bundled.outputFiles[0]?.text ?? ''
  const minified = await transform(`(()=>{try{${scope}}catch(e){}})()`, { ...common, minify: true })
  const code = minified.code.trim()

  // Written beside and renamed: several processes may build at once, and none may serve half a script.
  await mkdir(dirname(output), { recursive: true })
  const unfinished = `${output}.${process.pid}`
  await writeFile(unfinished, code)
  await rename(unfinished, output)

  const brotli = brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  return { path: output, code, rawBytes: Buffer.byteLength(code), brotliBytes: brotli.length }
}

if (import.meta.main) {
  const { path, rawBytes, brotliBytes } = await buildSnippet()
  console.log(`${relative(process.cwd(), path)}: ${rawBytes} bytes, ${brotliBytes} brotli`)
}

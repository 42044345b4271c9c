/** Bundles the browser script: `node snippet/build.ts`, or `buildSnippet()` for who serves it or tests it. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { type BuildOptions, build, transform } from 'esbuild'

export type BuiltFile = {
  /** Where it was written. */
  path: string
  code: string
  rawBytes: number
  /** At quality 11, as a CDN would send it. */
  brotliBytes: number
}

/** `retrace.js`, and what goes with it. */
export type BuiltSnippet = BuiltFile & { more: BuiltFile; map: BuiltFile; module: BuiltFile }

/** What a page loads: at once, and together with the second file. */
export const maxBytes = { core: 1600, full: 4000 } as const

/** `tsconfigRaw`: the project's own settings would add "use strict", which changes nothing here but the size. */
const common = {
  target: 'es2021',
  charset: 'utf8',
  logLevel: 'silent',
  tsconfigRaw: {},
} as const satisfies BuildOptions

/**
 * Properties are left as they are: they belong to the browser or to the protocol, and what the script keeps to itself
 * are variables, which are shortened anyway. But for those through which the second file reaches into the first.
 */
const mangled = {
  mangleProps: /_$/,
  mangleCache: { stringify_: 's', gate_: 'g', edit_: 'e', leave_: 'l', post_: 'p' },
} satisfies BuildOptions

/** @throws when they are larger than they may be */
export async function buildSnippet(): Promise<BuiltSnippet> {
  const [retrace, start, more, module, types] = await Promise.all([
    scopeOf('retrace.ts'),
    scopeOf('start.ts'),
    scopeOf('more.ts'),
    scopeOf('module.ts'),
    readFile(new URL('retrace.d.mts', import.meta.url), 'utf8'),
  ])
  /** How a script element becomes what browser/options.ts declares. */
  const element = '{dataset: options, src: source}'
  const [core, second, third, both] = await Promise.all([
    minify(guarded(`let ${element} = document.currentScript;${retrace}`)),
    minify(guarded(more)),
    bundleMap(),
    minify(
      `let startCore = (${element}) => {${guarded(start)}}, startMore = () => {${guarded(more)}};${module}`,
      'esm',
    ),
    write('retrace.d.mts', types),
  ])
  const built = {
    ...(await write('retrace.js', core)),
    more: await write('retrace-more.js', second),
    map: await write('retrace-map.js', third),
    module: await write('retrace.mjs', both),
  }
  checkSizes(built)
  return built
}

/**
 * Which module comes first decides how well brotli does, by some twenty bytes. Found by trying, as is the order of
 * fields and selectors where any will do; what is not listed comes where it is imported.
 */
const order: Record<string, string> = {
  'retrace.ts': 'json safely delivery report engagement custom-events selector clicks listen tools page-views',
  'more.ts':
    'more/broken-pages more/edit more/errors more/persistence more/frustration more/scroll-depth more/vitals more/elements',
}

/** The modules as one scope, whose variables may stand in any block. */
async function scopeOf(entry: string): Promise<string> {
  const first = order[entry]?.split(' ') ?? []
  const bundled = await build({
    ...common,
    stdin: {
      contents: [...first.map((name) => `import './${name}.ts'`), `export * from './${entry}'`].join('\n'),
      resolveDir: fileURLToPath(new URL('browser', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    minifySyntax: true,
    write: false,
  })
  // Only what stands at the margin is a declaration of the scope itself.
  return (bundled.outputFiles[0]?.text ?? '').replace(/^var /gm, 'let ')
}

/** The overlay with the map of clicks: loaded by who looks at it alone, so that it may be as large as it is. */
async function bundleMap(): Promise<string> {
  const bundled = await build({
    ...common,
    entryPoints: [fileURLToPath(new URL('browser/map.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
  })
  return (bundled.outputFiles[0]?.text ?? '').trim()
}

/**
 * The last net of "never throws into the page": what fails while the script starts ends here, and so does a script
 * without its element. The block also keeps the scope's variables from the page.
 */
function guarded(scope: string): string {
  return `try{${scope}}catch{}`
}

/** A scope is minified as a whole, inside a block of its own: 60 bytes less than module by module. */
async function minify(code: string, format?: 'esm'): Promise<string> {
  const minified = await transform(code, { ...common, ...mangled, minify: true, ...(format && { format }) })
  return minified.code.trim()
}

/** Written beside and renamed: several processes may build at once, and none may serve half a script. */
async function write(name: string, code: string): Promise<BuiltFile> {
  const path = fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, code)
  await rename(unfinished, path)
  const brotli = brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  return { path, code, rawBytes: Buffer.byteLength(code), brotliBytes: brotli.length }
}

function checkSizes({ brotliBytes, more }: BuiltSnippet): void {
  const full = brotliBytes + more.brotliBytes
  if (brotliBytes > maxBytes.core)
    throw new Error(`retrace.js may take ${maxBytes.core} bytes of brotli, it takes ${brotliBytes}`)
  if (full > maxBytes.full)
    throw new Error(`retrace.js and retrace-more.js may take ${maxBytes.full} bytes of brotli, they take ${full}`)
}

if (import.meta.main) {
  const { more, map, module, ...core } = await buildSnippet()
  for (const { path, rawBytes, brotliBytes } of [core, more, map, module])
    console.log(`${relative(process.cwd(), path)}: ${rawBytes} bytes, ${brotliBytes} brotli`)
}

/** What pages load, in bytes as they travel: `npm run size`, and with `--json` the figures once more, for a machine. */
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { buildDashboard } from '../dashboard/build.ts'
import { buildSnippet, maxBytes } from '../snippet/build.ts'
import { runCommand } from './command.ts'

const usage = `Usage: npm run size [-- --json]

Builds what pages load and says how large it is, in bytes; a snippet that is too large is an error.`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return console.log(usage)
  const [{ more, map, module, ...core }, dashboard] = await Promise.all([buildSnippet(), buildDashboard()])
  const full = core.brotliBytes + more.brotliBytes
  const dashboardGzip = dashboard.scriptBytes + dashboard.styleBytes
  line('', 'raw', 'gzip', 'brotli')
  for (const { path, code, rawBytes, brotliBytes } of [core, more, map, module])
    line(basename(path), bytes(rawBytes), bytes(gzipSync(code).length), bytes(brotliBytes))
  line('retrace.js, retrace-more.js', '', '', bytes(full))
  line('dashboard, first page', '', bytes(dashboardGzip), '')
  console.log(
    `\nretrace.js may take ${bytes(maxBytes.core).trim()}, with retrace-more.js ${bytes(maxBytes.full).trim()}.`,
  )
  if (values.json) console.log(JSON.stringify({ core: core.brotliBytes, full, dashboardGzip }))
}

function bytes(count: number): string {
  return count.toLocaleString('en').padStart(9)
}

function line(name: string, raw: string, gzip: string, brotli: string): void {
  console.log(name.padEnd(28) + raw.padStart(9) + gzip.padStart(9) + brotli.padStart(9))
}

runCommand(usage, main)

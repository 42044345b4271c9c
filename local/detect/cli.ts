/** `npm run detect -- --input PATH --output PATH`: scores of series in files. */
import { runCommand } from '../command.ts'
import { createProgress, type Progress } from '../progress.ts'
import { findSeries } from './find-series.ts'
import { help, parseDetectCommand } from './options.ts'
import { scoreSeries } from './score-series.ts'

/** Shorter work needs no progress bar. */
const quietMs = 1000

runCommand(help, async () => {
  const command = parseDetectCommand(process.argv.slice(2))
  if (command.kind === 'help') {
    console.log(help)
    return
  }
  const { input, output } = command
  const series = await findSeries(input, output)
  const totalBytes = series.reduce((sum, { bytes }) => sum + bytes, 0)
  const startedAt = performance.now()
  let bytesRead = 0
  let rowsRead = 0
  let progress: Progress | undefined
  try {
    for (const file of series) {
      await scoreSeries(file.input, file.output, (bytes, rows) => {
        bytesRead += bytes
        rowsRead += rows
        if (totalBytes === 0 || performance.now() - startedAt < quietMs) return
        progress ??= createProgress('Scoring', totalBytes)
        progress.update(bytesRead, `${number(rowsRead)} rows`)
      })
    }
  } finally {
    progress?.stop()
  }
  const seconds = (performance.now() - startedAt) / 1000
  const files = series.length === 1 ? '1 series' : `${series.length} series`
  // On standard error, since scores may be on standard output.
  console.error(
    `${number(rowsRead)} rows of ${files} scored in ${seconds.toFixed(1)} s${output === '-' ? '' : `: ${output}`}`,
  )
})

function number(value: number): string {
  return value.toLocaleString('en-US')
}

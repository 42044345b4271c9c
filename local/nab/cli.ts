/** `npm run nab`: the series detector by the rules of the Numenta Anomaly Benchmark, whole and in parts. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runCommand, UsageError } from '../command.ts'
import { ablation, type Variant } from './ablation.ts'
import { type LabelledSeries, readCorpus } from './corpus.ts'
import { plot } from './plot.ts'
import type { Result } from './score.ts'

const help = `Scores the series detector by the Numenta Anomaly Benchmark, standard profile: whole, without each of its parts,
and by families whose threshold is chosen on the other families.

npm run nab -- --data FOLDER
npm run nab -- --data FOLDER --plot realAdExchange/exchange-2_cpc_results.csv --output plot.svg

  --data FOLDER    series of NAB in their folders, with the windows of its labels in windows.json
  --plot SERIES    draws this one with its expected band, scores and labels instead
  --output FILE    where the drawing goes, an SVG
  --help           this text

100 is a perfect detector, 0 one that never raises an alarm. Labels are read for the score and the drawing alone.`

runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      plot: { type: 'string' },
      output: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  const { data, plot: path, output } = values
  if (!data) throw new UsageError('--data is needed')
  if ((path === undefined) !== (output === undefined)) throw new UsageError('--plot and --output belong together')
  const corpus = await readCorpus(data)
  if (path === undefined || output === undefined) return report(corpus)
  const series = corpus.find((one) => one.path === path)
  if (!series) throw new UsageError(`${path} is none of the labelled series in ${data}`)
  writeFileSync(output, plot(series))
})

function report(corpus: readonly LabelledSeries[]): void {
  const [whole, ...lacking] = ablation(corpus) as [Variant, ...Variant[]]
  const families = whole.families.map(({ family }) => family)
  const width = Math.max(...families.map(({ length }) => length))
  const print = (name: string, cells: readonly string[]) =>
    console.log([name.padEnd(width), ...cells.map((cell) => cell.padStart(width))].join('  '))

  print('without', ['score', 'held out', ...families])
  for (const { without, score, heldOutScore, families: of } of [whole, ...lacking])
    print(without ?? 'nothing', [text(score), text(heldOutScore), ...of.map(({ result }) => cellOf(result))])
  console.log('Of a family without a window to find: its false alarms.\n')

  print('held out', ['threshold', 'score', 'by its own best', 'found', 'false alarms'])
  for (const { family, threshold, result, ownBest, windows } of whole.heldOut) {
    const { score, found, falseAlarms } = result
    print(family, [threshold.toFixed(5), text(score), text(ownBest), `${found} of ${windows}`, String(falseAlarms)])
  }
  print('together', ['', text(whole.heldOutScore), text(whole.score)])
}

function cellOf({ score, falseAlarms }: Result): string {
  return score === undefined ? `${falseAlarms} false` : text(score)
}

function text(score: number | undefined): string {
  return score?.toFixed(2) ?? '-'
}

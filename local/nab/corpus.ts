/** Labelled series of the Numenta Anomaly Benchmark (NAB) in a folder, and a detector's scores of them. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DetectorPart, SeriesDetector } from '../../consumers/anomaly-detector/series/series-detector.ts'
import { readSeries, SeriesError } from '../detect/series-csv.ts'

/** First and last row of a window in which an anomaly is to be found. */
export type LabelledWindow = { first: number; last: number }

export type LabelledSeries = {
  /** Its path in the corpus, such as realAdExchange/exchange-2_cpc_results.csv; a family is a folder. */
  path: string
  family: string
  /** Epoch milliseconds. */
  times: number[]
  values: number[]
  windows: LabelledWindow[]
}

/**
 * Reads the series that the labels name and the folder has: a part of the corpus is one too.
 *
 * @param folder holds windows.json (NAB's combined_windows.json) and the series
 * @throws SeriesError when there are none, or a window is not of its series
 */
export async function readCorpus(folder: string): Promise<LabelledSeries[]> {
  const labels = join(folder, 'windows.json')
  if (!existsSync(labels)) throw new SeriesError(`There is no ${labels}, which has the labels of the series.`)
  const windowsOf = JSON.parse(await readFile(labels, 'utf8')) as Record<string, [string, string][]>
  const corpus: LabelledSeries[] = []
  for (const [path, limits] of Object.entries(windowsOf)) {
    const file = join(folder, path)
    if (existsSync(file)) corpus.push(await readLabelled(file, path, limits))
  }
  if (corpus.length === 0) throw new SeriesError(`None of the series that ${labels} names is in ${folder}.`)
  return corpus
}

async function readLabelled(file: string, path: string, limits: [string, string][]): Promise<LabelledSeries> {
  const times: number[] = []
  const values: number[] = []
  const rowOf = new Map<string, number>()
  for await (const batch of readSeries(file, () => {}))
    for (const { timestamp, at, value } of batch) {
      const second = toSecond(timestamp)
      // Of a time that is there twice, the first counts.
      if (!rowOf.has(second)) rowOf.set(second, times.length)
      times.push(at)
      values.push(value)
    }
  const windows = limits.map(([from, to]): LabelledWindow => {
    const first = rowOf.get(toSecond(from))
    const last = rowOf.get(toSecond(to))
    if (first === undefined || last === undefined)
      throw new SeriesError(`${file} has no rows at ${from} and ${to}, where a window begins and ends`)
    return { first, last }
  })
  return { path, family: path.split('/')[0] as string, times, values, windows }
}

/** NAB writes the times of labels with microseconds, and those of most series without. */
function toSecond(timestamp: string): string {
  return timestamp.trim().slice(0, 19)
}

/** @returns a score for each row, as `npm run detect` gives it */
export function scoresOf({ times, values }: LabelledSeries, without: readonly DetectorPart[] = []): number[] {
  const detector = new SeriesDetector({ without })
  return values.map((value, row) => detector.add(times[row] as number, value).score)
}

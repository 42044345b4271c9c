/** Scores of one series, written while it is read. */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SeriesDetector } from '../../consumers/anomaly-detector/series/series-detector.ts'
import { readSeries } from './series-csv.ts'

/**
 * @param onRead is told of the bytes read and the rows they had
 * @returns how many rows there were
 * @throws SeriesError when the input is no series; nothing is left at the output then
 */
export async function scoreSeries(
  input: string,
  output: string,
  onRead: (bytes: number, rows: number) => void = () => {},
): Promise<number> {
  let rows = 0
  async function* scores() {
    const detector = new SeriesDetector()
    let bytes = 0
    yield 'timestamp,anomaly_score\n'
    for await (const batch of readSeries(input, (read) => {
      bytes += read
    })) {
      let text = ''
      for (const { timestamp, at, value } of batch) text += `${timestamp},${detector.add(at, value).score}\n`
      rows += batch.length
      onRead(bytes, batch.length)
      bytes = 0
      yield text
    }
  }
  if (output === '-') {
    await pipeline(Readable.from(scores()), process.stdout, { end: false })
    return rows
  }
  await mkdir(dirname(output), { recursive: true })
  // Under its name only when it is whole.
  const unfinished = `${output}.part`
  try {
    await pipeline(Readable.from(scores()), createWriteStream(unfinished))
    await rename(unfinished, output)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  return rows
}

/** Which files a command is about: one, or all of a folder, each with its counterpart. */
import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { SeriesError } from './series-csv.ts'

export type SeriesFile = { input: string; output: string; bytes: number }

/** @throws SeriesError when there is nothing to read, or the output would be read again */
export async function findSeries(input: string, output: string): Promise<SeriesFile[]> {
  if (input === '-') return [{ input, output, bytes: 0 }]
  const found = await stat(input).catch(() => undefined)
  if (!found) throw new SeriesError(`There is no ${input}.`)
  if (!found.isDirectory()) {
    if (resolve(input) === resolve(output)) throw new SeriesError('--output would overwrite --input')
    const place = output === '-' ? undefined : await stat(output).catch(() => undefined)
    if (place?.isDirectory()) throw new SeriesError(`${output} is a folder; the scores of a file go into a file.`)
    return [{ input, output, bytes: found.size }]
  }
  if (output === '-') throw new SeriesError('The scores of a folder go into a folder: --output must name one.')
  if (`${resolve(output)}${sep}`.startsWith(`${resolve(input)}${sep}`))
    throw new SeriesError(`${output} lies in ${input}: its scores would be read as series the next time.`)
  const place = await stat(output).catch(() => undefined)
  if (place && !place.isDirectory())
    throw new SeriesError(`${output} is a file; the scores of a folder go into a folder.`)
  const entries = await readdir(input, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.csv'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length === 0) throw new SeriesError(`There is no .csv file in ${input}.`)
  return Promise.all(
    files.map(async (file) => ({
      input: file,
      output: join(output, relative(input, file)),
      bytes: (await stat(file)).size,
    })),
  )
}

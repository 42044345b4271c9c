/**
 * Facts in memory, a day of arrival at a time: their numbers, and of the dimensions that were asked for the values. What
 * does not fit is read again (consumers/facts/shapes/block-file.ts).
 */
import { LRUCache } from 'lru-cache'
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import { openBlockFile } from '../../consumers/facts/shapes/block-file.ts'
import { type Dictionary, type FactBlock, groupedBy } from '../../consumers/facts/shapes/fact-block.ts'

export type FactBlocks = {
  /**
   * @param folder of a day; files never change under their names
   * @throws FactsError `no_files`; so do the others
   */
  block(folder: string): Promise<FactBlock>
  dictionary(folder: string, dimension: Dimension): Promise<Dictionary>
  /** What was made once and may be made again. */
  keep<T extends object>(name: string, make: () => Promise<{ value: T; bytes: number }>): Promise<T>
}

/** What a text takes besides its letters. */
const bytesOfText = 40
/** What the index of a file takes, nearly. */
const bytesOfIndex = 8192
const keptMs = 3_600_000

export function createFactBlocks(maxBytes: number): FactBlocks {
  const kept = new LRUCache<string, { value: object; bytes: number }>({
    maxSize: maxBytes,
    // What is erased is not kept here for longer than that.
    ttl: keptMs,
    ttlAutopurge: true,
    sizeCalculation: ({ bytes }) => bytes + 200,
  })
  const making = new Map<string, Promise<object>>()

  async function keep<T extends object>(name: string, make: () => Promise<{ value: T; bytes: number }>): Promise<T> {
    const known = kept.get(name)?.value ?? making.get(name)
    if (known) return known as T | Promise<T>
    const made = make().then((entry) => {
      kept.set(name, entry)
      return entry.value
    })
    making.set(name, made)
    try {
      return await made
    } finally {
      making.delete(name)
    }
  }

  const fileOf = (folder: string) =>
    keep(`file ${folder}`, async () => ({ value: await openBlockFile(folder), bytes: bytesOfIndex }))

  return {
    block: (folder) =>
      keep(`block ${folder}`, async () => {
        const value = await (await fileOf(folder)).block()
        return { value, bytes: bytesOfBlock(value) }
      }),
    dictionary: (folder, dimension) =>
      keep(`${dimension} ${folder}`, async () => {
        const value = await (await fileOf(folder)).dictionary(dimension)
        return { value, bytes: bytesOfDictionary(value) }
      }),
    keep,
  }
}

function bytesOfBlock({ parts, who, hashes, visitMs, engagedMs, kindTable }: FactBlock): number {
  const columns = groupedBy.flatMap((name) => [parts[name].groups, parts[name].numbers, parts[name].kinds])
  return [...columns, who, hashes, visitMs, engagedMs, kindTable].reduce((sum, { byteLength }) => sum + byteLength, 0)
}

function bytesOfDictionary({ values, codes, starts }: Dictionary): number {
  const texts = values.reduce((sum, value) => sum + 2 * value.length + bytesOfText, 0)
  return texts + codes.byteLength + (starts?.byteLength ?? 0)
}

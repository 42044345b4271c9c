/**
 * Files of facts on disk: `FOLDER/SITE/NAME/PART.parquet` (fact-versions.ts, fact-columns.ts). Everything here can be made again from the archive, so
 * what is too much or too old is deleted, and a file that somebody else deletes is only made again.
 */
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { type FactVersion, parseFileName } from './fact-versions.ts'
import { blockPathOf } from './shapes/block-file.ts'
import { pathsOf } from './shapes/fact-columns.ts'

/** What nobody has asked for in so long goes: what is erased from the archive is not kept here for longer, either. */
const maxAgeMs = 24 * 3_600_000
/** Files of a running day follow each other; who has begun to read one may end. */
const supersededMs = 10 * 60_000

/** A day's facts: `path` is that of their folder. */
export type FactFile = { path: string; day: string; version: FactVersion; madeAt: number }

export class FactFiles {
  readonly #folder: string
  readonly #maxBytes: number

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder
    this.#maxBytes = maxBytes
  }

  async pathOf(site: string, name: string): Promise<string> {
    await mkdir(join(this.#folder, site), { recursive: true })
    return join(this.#folder, site, name)
  }

  async list(site: string): Promise<FactFile[]> {
    const folder = join(this.#folder, site)
    const names = await readdir(folder).catch(noneWithoutFolder)
    const files = await Promise.all(
      names.map(async (name) => {
        const parsed = parseFileName(name)
        const path = join(folder, name)
        const stats = parsed && (await stat(path).catch(() => undefined))
        // The time of its making stays; reading changes the other one.
        return stats ? [{ path, day: parsed.day, version: parsed, madeAt: stats.mtimeMs }] : []
      }),
    )
    return files.flat()
  }

  /** Notes that files were asked for: they stay. */
  async touch(files: readonly FactFile[], now: number): Promise<void> {
    await Promise.all(files.map(({ path, madeAt }) => utimes(path, now / 1000, madeAt / 1000).catch(() => {})))
  }

  async delete(files: readonly FactFile[]): Promise<void> {
    await Promise.all(files.map(({ path }) => rm(path, { recursive: true, force: true })))
  }

  /** Everything of sites that are closed. */
  async deleteSites(sites: readonly string[]): Promise<void> {
    await Promise.all(sites.map((site) => rm(join(this.#folder, site), { recursive: true, force: true })))
  }

  /** Deletes what nobody asks for, what others have superseded, and beyond the bound what was asked for longest ago. */
  async sweep(now: number): Promise<void> {
    const all: (FactFile & { usedAt: number; bytes: number })[] = []
    for (const site of await readdir(this.#folder).catch(noneWithoutFolder)) {
      const files = await this.list(site)
      for (const file of files) {
        const stats = await stat(file.path).catch(() => undefined)
        if (stats) all.push({ ...file, usedAt: stats.atimeMs, bytes: await bytesOf(file.path) })
      }
    }
    const isSuperseded = (file: FactFile) =>
      now - file.madeAt > supersededMs &&
      all.some(
        (other) =>
          other.path !== file.path &&
          other.day === file.day &&
          siteOf(other) === siteOf(file) &&
          other.version.rules === file.version.rules &&
          other.madeAt > file.madeAt,
      )
    const stale = all.filter((file) => now - file.usedAt > maxAgeMs || isSuperseded(file))
    await this.delete(stale)
    const left = all.filter((file) => !stale.includes(file)).sort((a, b) => b.usedAt - a.usedAt)
    let bytes = 0
    const beyond = left.filter((file) => {
      bytes += file.bytes
      return bytes > this.#maxBytes
    })
    await this.delete(beyond)
  }
}

/**
 * A day's facts that are whole take their name.
 *
 * @param made folder on the same disk
 */
export async function adopt(made: string, path: string): Promise<void> {
  await rename(made, path).catch((error: NodeJS.ErrnoException) => {
    // Another process was first: of one name all are the same.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

async function bytesOf(path: string): Promise<number> {
  const sizes = [...pathsOf(path), blockPathOf(path)].map(
    async (part) => (await stat(part).catch(() => undefined))?.size ?? 0,
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

function siteOf({ path }: FactFile): string {
  return path.split('/').at(-2) ?? ''
}

function noneWithoutFolder(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
  throw error
}

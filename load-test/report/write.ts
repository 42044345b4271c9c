/** The report's file: tried before the run, so that nobody waits half an hour for a page that cannot be written. */
import { access, constants, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** @returns what is wrong with the place for the report, in one line; undefined when it can be written */
export async function reportProblem(file: string): Promise<string | undefined> {
  if (await isFolder(file)) return `--report names a folder: ${file}`
  try {
    await access(dirname(file), constants.W_OK)
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? `--report: there is no folder ${dirname(file)}` : `--report: ${file} cannot be written`
  }
}

/** Whoever reads the file meanwhile sees the old page or the new. */
export async function writeReport(file: string, page: string): Promise<void> {
  await writeFile(`${file}.new`, page)
  await rename(`${file}.new`, file)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

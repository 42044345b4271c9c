import type { ChildProcess } from 'node:child_process'

/** What a person needs of a process that failed; the rest of its output is thrown away. */
const maxTailChars = 4000

/** @returns the end of what the process has printed so far */
export function tailOf(child: ChildProcess): () => string {
  let tail = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-maxTailChars)
    })
  return () => tail.trim()
}

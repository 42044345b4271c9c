/** The one function of tar-fs that we use; the package brings no types. */
declare module 'tar-fs' {
  import type { Writable } from 'node:stream'

  /** A stream that writes the tar archive it is given into `folder`. */
  export function extract(folder: string): Writable
}

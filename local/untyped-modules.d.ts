/** The embedded servers come without types: what we use of them. */
declare module 'kinesalite' {
  import type { Server } from 'node:http'

  type Options = {
    /** Folder of the LevelDB store; in memory when absent. */
    path?: string
    createStreamMs?: number
    deleteStreamMs?: number
    updateStreamMs?: number
    shardLimit?: number
  }
  export default function kinesalite(options?: Options): Server
}

declare module 'dynalite' {
  import type { Server } from 'node:http'

  type Options = { path?: string; createTableMs?: number; deleteTableMs?: number; updateTableMs?: number }
  export default function dynalite(options?: Options): Server
}

declare module 's3rver/lib/models/account.js' {
  export const DUMMY_ACCOUNT: { createKeyPair(accessKeyId: string, secretAccessKey: string): void }
}

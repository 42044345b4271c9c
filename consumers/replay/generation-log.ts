/** What is known of a generation, from its first record to its end. */
import type { Objects } from '../runtime/objects.ts'
import type { SourceKind } from './open-source.ts'
import type { ReplayReport } from './shapes/report.ts'

export type GenerationRecord = {
  id: string
  /** Running: it is, or was interrupted and can be gone on with. */
  state: 'running' | 'ready' | 'failed' | 'dropped'
  sites: 'all' | readonly string[]
  segments: readonly string[]
  source: SourceKind
  /** Epoch milliseconds. */
  startedAt: number
  finishedAt?: number
  counts?: ReplayReport['events'] & ReplayReport['cells']
  /** Why it failed. */
  error?: string
}

export type GenerationLog = {
  find(id: string): Promise<GenerationRecord | undefined>
  put(record: GenerationRecord): Promise<void>
  /** By when they were begun. */
  list(): Promise<GenerationRecord[]>
}

const folder = 'replays/'
const keyOf = (id: string) => `${folder}${id}/generation.json`

export function createGenerationLog(objects: Pick<Objects, 'get' | 'put' | 'list'>): GenerationLog {
  const read = async (key: string) => JSON.parse(Buffer.from(await objects.get(key)).toString()) as GenerationRecord
  const listKeys = async (prefix: string) =>
    (await objects.list(prefix)).filter((key) => key.endsWith('/generation.json'))
  return {
    async find(id) {
      const [key] = await listKeys(keyOf(id))
      return key === undefined ? undefined : read(key)
    },
    put: (record) =>
      objects.put(keyOf(record.id), Buffer.from(JSON.stringify(record)), { contentType: 'application/json' }),
    async list() {
      const records = await Promise.all((await listKeys(folder)).map(read))
      return records.sort((a, b) => a.startedAt - b.startedAt)
    },
  }
}

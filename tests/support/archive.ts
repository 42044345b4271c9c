import type { ShardSink } from '../../consumers/archiver/parquet-sink.ts'
import type { ArchiveRow } from '../../consumers/archiver/rows.ts'

/** Both steps of a sink. */
export async function store(sink: ShardSink, rows: readonly ArchiveRow[]): Promise<void> {
  const write = await sink(rows)
  await write()
}

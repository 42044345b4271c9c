/** Facts of a past without stores: as the fold makes them, into folders of days. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { foldEvent, foldRecord } from '../../consumers/aggregator/fold.ts'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments } from '../../consumers/aggregator/shapes/segments.ts'
import { FactWriter } from '../../consumers/facts/fact-writer.ts'
import { deliveriesOf, type Past } from './past.ts'

/** @returns how many events there are */
export async function writeFacts(past: Past, folder: string): Promise<number> {
  const { day } = granularityMs
  const state = new FoldState()
  const segmentOf = dailySegments()
  await mkdir(folder, { recursive: true })
  const writer = await FactWriter.open(folder)
  let events = 0
  for (const { delivery, header } of deliveriesOf(past)) {
    foldRecord(state, header)
    const segment = segmentOf(delivery.received)
    for (const event of delivery.events) foldEvent(state, segment, delivery, event, (delta) => writer.add(delta))
    events += delivery.events.length
  }
  for (let at = past.from; at < past.to; at += day) await writer.write(at, join(folder, `${utcDay(at)}.parquet`))
  writer.close()
  return events
}

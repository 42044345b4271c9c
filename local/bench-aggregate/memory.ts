/** What a shard's state takes: as many visitors as asked for, each with a visit and two page loads, all remembered. */
import { hash } from 'node:crypto'
import { foldEvent, foldRecord } from '../../consumers/aggregator/fold.ts'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import { dailySegments } from '../../consumers/aggregator/shapes/segments.ts'
import { seededRandom } from '../../load-test/random.ts'
import { drawBrowser } from '../../load-test/user-agents.ts'
import type { Delivery, TrackedEvent } from '../../stream/event.ts'

export type StateMemory = { visitors: number; residentMiB: number; heapMiB: number }

const loadsPerVisitor = 2

export function measureStateMemory(visitors: number, seed: number, startAt: number): StateMemory {
  const state = new FoldState()
  const segmentOf = dailySegments()
  const random = seededRandom(seed)
  const header = { producerId: '00000000000000aa', producerSequence: 0, traceId: '', createdAt: startAt, eventCount: 0 }
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    if (visitor % 100 === 0) foldRecord(state, { ...header, producerSequence: visitor / 100 })
    const id = hash('sha1', `${seed} ${visitor}`, 'hex')
    const { userAgent } = drawBrowser(random)
    const url = `https://www.example.com/articles/article-${visitor % 300}`
    const events = Array.from(
      { length: loadsPerVisitor },
      (_, load): TrackedEvent => ({
        type: 'pageview',
        load: id.slice(8 + load * 16, 24 + load * 16),
        n: 0,
        at: startAt,
        url,
        referrer: 'https://www.google.com/',
      }),
    )
    // As they come out of a record: texts of their own, shared with nothing.
    const delivery = JSON.parse(
      JSON.stringify({ site: 'demo', visitor: id.slice(0, 16), received: startAt, userAgent, events }),
    ) as Delivery
    for (const event of delivery.events) foldEvent(state, segmentOf(startAt), delivery, event, () => {})
  }
  const { rss, heapUsed } = process.memoryUsage()
  // The state has to be alive when memory is read.
  return { visitors: state.visits.size, residentMiB: rss / 2 ** 20, heapMiB: heapUsed / 2 ** 20 }
}

/**
 * A visitor of the kind that makes losses visible: pages, clicks and reports one after the other, the next request
 * only when the one before was acknowledged, and every event sent again under the same load and n until it is. That is
 * what the snippet does (snippet/README.md).
 */
import type { EventType, TrackedEvent } from '../../stream/event.ts'
import { between, hex16, type Random } from '../random.ts'

export type VisitorRequest = { userAgent: string; events: TrackedEvent[] }

export type Visitor = {
  /** What this visitor does next: one to four events of one page load. */
  next(at: number): VisitorRequest
}

const origin = 'https://www.example.com'

/** Versions tell visitors apart, since all of them come from one address. */
export function createVisitor(random: Random): Visitor {
  const version = `${between(random, 100, 149)}.0.${between(random, 0, 9999)}.${between(random, 0, 199)}`
  const userAgent = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`
  let load = ''
  let url = ''
  let n = 0
  let actionsLeft = 0
  const event = (type: EventType, at: number, more: Partial<TrackedEvent> = {}): TrackedEvent => ({
    type,
    load,
    n: n++,
    at,
    url,
    ...more,
  })

  return {
    next(at) {
      if (actionsLeft === 0) {
        load = hex16(random)
        url = `${origin}/articles/${between(random, 1, 50)}`
        n = 0
        actionsLeft = between(random, 1, 5)
        return { userAgent, events: [event('pageview', at, { title: 'An article', vw: 1280, vh: 720 })] }
      }
      actionsLeft -= 1
      const clicks = Array.from({ length: between(random, 1, 3) }, () =>
        event('click', at, { target: { selector: 'main a.more', text: 'Read more', pageX: between(random, 0, 1279) } }),
      )
      const left = actionsLeft === 0 ? [event('engagement', at, { engagedMs: between(random, 100, 9000) })] : []
      return { userAgent, events: [...clicks, ...left] }
    },
  }
}

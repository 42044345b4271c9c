/** Somebody on the notice board of the demo site, and what the dashboard then has of it. */
import type { Browser } from 'playwright-core'
import { foldEvent } from '../../consumers/aggregator/fold.ts'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import { emptyCell } from '../../consumers/aggregator/shapes/cell.ts'
import { dailySegments } from '../../consumers/aggregator/shapes/segments.ts'
import type { Capture } from './capture.ts'
import { applyDelta } from './cells.ts'
import { now, type TestDashboard } from './dashboard.ts'
import { aDelivery } from './events.ts'
import { eventually } from './eventually.ts'

/** In pixels of the page. */
export type Place = { x: number; y: number; docW: number; docH: number }

/** Waters the fern so often, rings the bell in anger, tries the button without work, and reads on. @returns where the fern is */
export async function visitNotice(
  browser: Browser,
  viewport: { width: number; height: number },
  { capture, origin, times }: { capture: Capture; origin: string; times: number },
): Promise<Place> {
  const page = await browser.newPage({ viewport })
  const more = page.waitForResponse('**/retrace-more.js')
  await page.goto(`${origin}/notice`)
  await (await more).finished()
  const before = capture.taken().length
  const place = await page.evaluate<Place>(`(() => {
    const box = document.querySelector('#water').getBoundingClientRect()
    const { scrollWidth: docW, scrollHeight: docH } = document.documentElement
    return { x: box.x + box.width / 2 + scrollX, y: box.y + box.height / 2 + scrollY, docW, docH }
  })()`)
  for (let i = 0; i < times; i++) {
    await page.click('#water')
    // Slower than in anger.
    await page.waitForTimeout(600)
  }
  await page.click('#bell', { clickCount: 4 })
  await page.locator('plant-dice button').click()
  await page.click('#dead')
  const sent = (name: string) =>
    capture
      .taken()
      .slice(before)
      .some((event) => event.name === name)
  await eventually(() => sent('rage_click') && sent('dead_click'))
  await page.goto('about:blank')
  await eventually(() =>
    capture
      .taken()
      .slice(before)
      .some(({ type }) => type === 'engagement'),
  )
  await page.close()
  return place
}

/** As the aggregator does: what was sent, into cells of an hour ago. */
export async function countCaptured(capture: Capture, dashboard: TestDashboard): Promise<void> {
  const at = now - 3_600_000
  const cell = emptyCell()
  const state = new FoldState()
  const segment = dailySegments()(at)
  for (const { sentAt, events } of capture.requests) {
    const delivery = aDelivery({ site: 'demo', received: at, sentAt, events })
    for (const event of events) foldEvent(state, segment, delivery, event, (delta) => applyDelta(cell, delta))
  }
  const ofHour = { totals: cell.totals, dimensions: new Map(cell.dimensions) }
  ofHour.dimensions.delete('position')
  await dashboard.putCell({ site: 'demo', granularity: 'hour', at }, ofHour)
  await dashboard.putCell({ site: 'demo', granularity: 'day', at }, cell)
}

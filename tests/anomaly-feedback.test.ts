/** What people say of incidents decides how much evidence their series need, from the next minute on. */
import { describe, expect, it } from 'vitest'
import {
  type Feedback,
  feedbackFromItem,
  feedbackToItem,
  type Verdict,
} from '../consumers/anomaly-detector/shapes/feedback.ts'
import { adjustmentOf } from '../consumers/anomaly-detector/watch/settings.ts'
import { noon } from './support/events.ts'

const clicks = { metric: 'clicks' } as const
const given = (verdict: Verdict, minute: number, incident = 'one', series = 'clicks'): Feedback => ({
  at: noon + minute * 60_000,
  incident,
  series,
  verdict,
})
const adjustment = (feedback: Feedback[], minute = 100) =>
  adjustmentOf({ versions: [], feedback }, clicks, noon + minute * 60_000)

describe('an opinion', () => {
  it('lies in the table as it was given', () => {
    const feedback = given('noise', 3, '2026-03-10T11:00:00.000Z#pageviews page /a#b')
    expect(feedbackFromItem(feedbackToItem('shop', feedback))).toEqual(feedback)
  })

  it('asks for more evidence after noise, for less after what was useful, of that series alone', () => {
    expect(adjustment([])).toBe(0)
    expect(adjustment([given('noise', 1)])).toBeGreaterThan(0)
    expect(adjustment([given('useful', 1)])).toBeLessThan(0)
    expect(adjustment([given('noise', 1, 'one', 'errors')])).toBe(0)
  })

  it('holds from the minutes on that begin after it', () => {
    expect(adjustment([given('noise', 5)], 4)).toBe(0)
    expect(adjustment([given('noise', 5)], 5)).toBeGreaterThan(0)
  })

  it('is replaced by the next of the same incident, and adds to those of others', () => {
    const once = adjustment([given('noise', 1)])
    expect(adjustment([given('noise', 1), given('noise', 2)])).toBe(once)
    expect(adjustment([given('noise', 1), given('none', 2)])).toBe(0)
    expect(adjustment([given('useful', 1), given('noise', 2)])).toBe(once)
    // Judged again, a minute in between goes by what was said by then.
    expect(adjustment([given('noise', 1), given('none', 50)], 20)).toBe(once)
    expect(adjustment([given('noise', 1), given('noise', 2, 'other')])).toBe(2 * once)
  })
})

/** What is done to a simulated site is found in time, and little else is. The command `npm run detection` runs more of it. */
import { describe, expect, it } from 'vitest'
import { runSite } from '../local/detection/run.ts'
import { incidentKinds } from '../local/detection/script.ts'

/** No constant was chosen on the last of them. */
const seeds = [1, 2, 107]

describe('who watches a site', () => {
  it.each(seeds)(
    'finds each incident of two weeks within three minutes, a drift within its day (seed %i)',
    (seed) => {
      const { found, wrong, weeks } = runSite({ seed, perMinute: 600, days: 14, scripted: true })
      expect(found.map(({ kind }) => kind).sort()).toEqual([...incidentKinds].sort())
      for (const { kind, afterMs } of found) {
        // Undefined is never below: an incident that was missed fails here.
        expect(afterMs, kind).toBeLessThanOrEqual(kind === 'drift' ? 17 * 3_600_000 : 180_000)
      }
      expect(wrong.length).toBeLessThanOrEqual(weeks)
    },
    60_000,
  )

  it.each([600, 60, 6, 0.5])(
    'hardly says anything where nothing happens, at %d page views a minute',
    (perMinute) => {
      const { wrong, weeks } = runSite({ seed: 5, perMinute, days: 14, scripted: false })
      expect(wrong.length).toBeLessThanOrEqual(weeks)
    },
    60_000,
  )
})

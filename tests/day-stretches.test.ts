/** Which days of a replay's report stand on one axis of time. */
import { describe, expect, it } from 'vitest'
import { noHeadlineFigures } from '../consumers/replay/shapes/report.ts'
import { firstShown, stretchesOf } from '../dashboard/page/replays/day-stretches.ts'

const aDay = (day: string) => ({ day, old: noHeadlineFigures, new: noHeadlineFigures })
const [first, afterTwoWeeks, afterMore, next] = ['2026-11-01', '2026-11-16', '2026-12-02', '2026-12-03'].map(aDay) as [
  ReturnType<typeof aDay>,
  ReturnType<typeof aDay>,
  ReturnType<typeof aDay>,
  ReturnType<typeof aDay>,
]

describe('the days of a report', () => {
  it('are divided where more than two weeks are empty', () => {
    expect(stretchesOf([first, afterTwoWeeks, afterMore, next])).toEqual([
      [first, afterTwoWeeks],
      [afterMore, next],
    ])
    expect(stretchesOf([])).toEqual([])
  })

  it('are shown first where something changed last, else the latest', () => {
    const stretches = [[first, afterTwoWeeks], [afterMore], [next]]
    expect(firstShown(stretches, (day) => day === afterTwoWeeks || day === afterMore)).toBe(1)
    expect(firstShown(stretches, () => false)).toBe(2)
  })
})

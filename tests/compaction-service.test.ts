import { expect, it } from 'vitest'
import { compactorService } from '../consumers/compactor/service.ts'
import { eventually } from './support/eventually.ts'

const nothing = { merged: 0, into: 0, deleted: 0, faults: [] }

it('compacts what a stop has left, then the latest days again and again, until it is stopped', async () => {
  const days: string[] = []
  const faults: unknown[] = []
  const service = compactorService({
    compactor: {
      async compactDay(day) {
        days.push(day)
        if (days.length === 2) throw new Error('the table does not answer')
        return { ...nothing, faults: day === '2026-03-01' ? ['damaged'] : [] }
      },
    },
    now: () => Date.parse('2026-03-02T00:10:00Z'),
    intervalMs: 1,
    firstDays: 4,
    drainMs: 1000,
    onFault: (fault) => faults.push(fault),
  })
  await service.start()
  await eventually(() => days.length >= 10)
  await service.stop()
  const looked = days.length
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(days).toHaveLength(looked)
  const passes = [
    ['27', '28'],
    ['27', '28', '01', '02'],
    ['01', '02'],
    ['01', '02'],
  ]
  expect(days.slice(0, 10).map((day) => day.slice(-2))).toEqual(passes.flat())
  expect(faults.slice(0, 2)).toEqual([new Error('the table does not answer'), 'damaged'])
})

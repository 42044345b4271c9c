import { describe, expect, it } from 'vitest'
import type { Salts } from '../ingest/salts.ts'
import { identify, identifyImported } from '../ingest/visitor.ts'

/** Salts that are named after their days, or windows. */
const salts: Salts = {
  of: async ({ name }) => `salt-${name}`,
  ofPast: async ({ name }) => `salt-${name}`,
  routing: async () => 'routing',
  network: async () => 'network',
}
const hour = 3_600_000
const midnight = Date.parse('2026-03-11T00:00:00Z')
const at = (time: number, address = '203.0.113.1') => identify(salts, { site: 'demo' }, address, 'Browser/1.0', time)

describe('a visitor', () => {
  it('is the same all day, another tomorrow, and on the same shard for ever', async () => {
    const [morning, evening, tomorrow] = [
      await at(midnight - 20 * hour),
      await at(midnight - 1),
      await at(midnight + 2 * hour),
    ]
    expect(morning.visitor).toBe(evening.visitor)
    expect(tomorrow.visitor).not.toBe(evening.visitor)
    expect(new Set([morning, evening, tomorrow].map(({ routing }) => routing)).size).toBe(1)
    expect(morning.visitor).toMatch(/^[0-9a-f]{16}$/)
  })

  it('brings yesterday along for the first hour, and then no more', async () => {
    const before = await at(midnight - 1)
    expect((await at(midnight)).previousVisitor).toBe(before.visitor)
    expect((await at(midnight + hour - 1)).previousVisitor).toBe(before.visitor)
    expect(await at(midnight + hour)).not.toHaveProperty('previousVisitor')
  })

  it('is told apart by address, browser and site', async () => {
    const visitors = await Promise.all([
      at(midnight, '203.0.113.1'),
      at(midnight, '203.0.113.2'),
      identify(salts, { site: 'demo' }, '203.0.113.1', 'Other/1.0', midnight),
      identify(salts, { site: 'other' }, '203.0.113.1', 'Browser/1.0', midnight),
    ])
    expect(new Set(visitors.map(({ visitor }) => visitor)).size).toBe(4)
  })

  it('of an import belongs to the import alone, a day of the log at a time', async () => {
    const imported = (salt: string, time: number) =>
      identifyImported(salts, salt, { site: 'demo' }, '203.0.113.1', 'Browser/1.0', time)
    const [one, sameDay, nextDay, other] = await Promise.all([
      imported('a', midnight + hour),
      imported('a', midnight + 23 * hour),
      imported('a', midnight + 24 * hour),
      imported('b', midnight + hour),
    ])
    expect(sameDay?.visitor).toBe(one?.visitor)
    expect(nextDay?.visitor).not.toBe(one?.visitor)
    expect(nextDay?.previousVisitor).toBe(one?.visitor)
    expect(other?.visitor).not.toBe(one?.visitor)
  })
})

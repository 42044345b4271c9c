/** Generations and publications: what may follow what, and what counts when several people decide at once. */
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  createGenerationStore,
  type GenerationStore,
  readersMs,
  silentMs,
} from '../consumers/replay/shapes/generation-store.ts'
import {
  type GenerationRecord,
  isGenerationId,
  newGenerationId,
  transitions,
} from '../consumers/replay/shapes/generations.ts'
import {
  type Publication,
  type Publications,
  publicationsFromItem,
  publicationsToItem,
  publishedGeneration,
  withoutPublication,
  withPublication,
} from '../consumers/replay/shapes/publications.ts'
import { noon } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment } from './support/stream.ts'

let stores: TestStores
let store: GenerationStore
let run = 0

beforeAll(async () => {
  stores = await startStores()
})
afterAll(() => stores.close())
beforeEach(async () => {
  const environment = await freshEnvironment(`generations-${++run}`)
  store = createGenerationStore(environment.clients.dynamo, environment.table('control'))
})

function aGeneration(id: string, different: Partial<GenerationRecord> = {}): GenerationRecord {
  return {
    id,
    revision: 1,
    state: 'ready',
    sites: 'all',
    from: '2026-03-09',
    to: '2026-03-10',
    segments: ['2026-03-09', '2026-03-10'],
    source: 'archive',
    requestedAt: noon,
    ...different,
  }
}

describe('publications', () => {
  const publication = fc.record({
    generation: fc.constantFrom('a', 'b', 'c'),
    sites: fc.oneof(fc.constant('all' as const), fc.subarray(['shop', 'blog'], { minLength: 1 })),
    segments: fc.subarray(['2026-03-09', '2026-03-10', '2026-03-10.1'], { minLength: 1 }),
    at: fc.nat(),
  })
  const none: Publications = { revision: 0, list: [], rollbackAt: 0 }
  const all = (list: readonly Publication[]) => list.reduce(withPublication, none)
  const counts = (publications: Publications) =>
    ['shop', 'blog', 'other'].flatMap((site) =>
      ['2026-03-08', '2026-03-09', '2026-03-10', '2026-03-10.1'].map((segment) =>
        publishedGeneration(publications, site, segment),
      ),
    )

  it('count by the last that names the segment of the site, and what nobody published is live', () => {
    const published = all([
      { generation: 'a', sites: 'all', segments: ['2026-03-10'], at: 1 },
      { generation: 'b', sites: ['shop'], segments: ['2026-03-10', '2026-03-10.1'], at: 2 },
    ])
    expect(publishedGeneration(published, 'shop', '2026-03-10')).toBe('b')
    expect(publishedGeneration(published, 'blog', '2026-03-10')).toBe('a')
    expect(publishedGeneration(published, 'blog', '2026-03-10.1')).toBe('live')
    expect(publishedGeneration(published, 'shop', '2026-03-11')).toBe('live')
  })

  it('count as before when the last is rolled back, and are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(publication, { maxLength: 6 }), publication, (list, last) => {
        const before = all(list.filter(({ generation }) => generation !== last.generation))
        const published = withPublication(before, last)
        expect(counts(withoutPublication(published, last.generation, noon))).toEqual(counts(before))
        expect(publicationsFromItem(publicationsToItem(published))).toEqual(published)
      }),
    )
  })

  it('take less than four kilobytes for three years of days', () => {
    const segments = Array.from({ length: 1096 }, (_, i) => new Date(i * 86_400_000).toISOString().slice(0, 10))
    expect(
      publicationsToItem(all([{ generation: 'a', sites: 'all', segments, at: 1 }])).list.B.byteLength,
    ).toBeLessThan(4096)
  })
})

describe('a generation', () => {
  it('goes through the states that its drawing shows', async () => {
    const source = await readFile('consumers/replay/shapes/generations.ts', 'utf8')
    const drawing = source.slice(0, source.indexOf('*/'))
    for (const [name, { from, to }] of Object.entries(transitions))
      expect(drawing).toContain(`${from.join(', ')} ──${name}──▶ ${to}`)
    expect(drawing.match(/▶/g)).toHaveLength(Object.keys(transitions).length)
  })

  it('is made once under its name, and taken up by one worker', async () => {
    const requested = aGeneration('a', { state: 'requested', segments: [] })
    expect(await Promise.all([store.create(requested), store.create(requested)])).toContain(false)
    const claims = await Promise.all(
      [1, 2, 3, 4].map((i) => store.change('a', 'claim', { startedAt: i, segments: ['2026-03-09'] })),
    )
    expect(claims.map(({ outcome }) => outcome).sort()).toEqual(['changed', ...Array(3).fill('wrong_state')])
    expect(await store.find('a')).toMatchObject({ state: 'running', revision: 2, segments: ['2026-03-09'] })
    expect(await store.change('a', 'finish', { counts: { events: 3 } })).toMatchObject({ outcome: 'changed' })
    expect(await store.change('a', 'progress')).toEqual({ outcome: 'wrong_state', state: 'ready' })
    expect(await store.change('b', 'progress')).toEqual({ outcome: 'unknown' })
  })

  it('has a name that can stand in a key', () => {
    expect(newGenerationId(noon, 0.5)).toBe('2026-03-10-120000-i000')
    expect(isGenerationId(newGenerationId(noon, 0.999_999))).toBe(true)
    for (const bad of ['live', 'a#b', '', 'A', 'x'.repeat(41)]) expect(isGenerationId(bad)).toBe(false)
  })

  it('is listed, the latest first', async () => {
    for (const [i, id] of ['b', 'c', 'a'].entries()) await store.create(aGeneration(id, { requestedAt: noon + i }))
    expect((await store.list()).map(({ id }) => id)).toEqual(['a', 'c', 'b'])
  })
})

describe('publishing', () => {
  it('is for what is ready alone', async () => {
    await store.create(aGeneration('a', { state: 'running' }))
    expect(await store.publish('a', noon)).toEqual({ outcome: 'wrong_state', state: 'running' })
    expect(await store.publish('b', noon)).toEqual({ outcome: 'unknown' })
    expect((await store.publications()).revision).toBe(0)
  })

  it('loses nothing when many publish and roll back at once', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    for (const id of ids) await store.create(aGeneration(id))
    await Promise.all(ids.map((id) => store.publish(id, noon)))
    expect((await store.publications()).list.map(({ generation }) => generation).sort()).toEqual(ids)
    await Promise.all(['a', 'b', 'c'].map((id) => store.rollback(id, noon)))
    expect((await store.publications()).list.map(({ generation }) => generation).sort()).toEqual(['d', 'e'])
    expect(await store.rollback('a', noon)).toEqual({ outcome: 'not_published' })
  })
})

describe('dropping', () => {
  const noCells = async () => 0

  it('is refused while it is published, while readers may go by it, and while a replay may write', async () => {
    await store.create(aGeneration('a'))
    await store.publish('a', noon)
    expect(await store.drop('a', noon, noCells)).toEqual({ outcome: 'published' })
    await store.rollback('a', noon)
    expect(await store.drop('a', noon, noCells)).toEqual({ outcome: 'too_soon', earliest: noon + readersMs })
    expect(await store.drop('a', noon + readersMs, async () => 7)).toEqual({ outcome: 'dropped', cells: 7 })
    expect(await store.find('a')).toMatchObject({ state: 'dropped' })
    expect(await store.drop('a', noon + readersMs, noCells)).toEqual({ outcome: 'wrong_state', state: 'dropped' })
    expect(await store.publish('a', noon + readersMs)).toEqual({ outcome: 'wrong_state', state: 'dropped' })

    const progress = { events: 1, expectedEvents: null, at: noon + readersMs }
    await store.create(aGeneration('b', { state: 'running', progress }))
    expect(await store.drop('b', noon + readersMs, noCells)).toEqual({
      outcome: 'too_soon',
      earliest: progress.at + silentMs,
    })
    expect(await store.drop('b', progress.at + silentMs, noCells)).toMatchObject({ outcome: 'dropped' })
  })

  it('can be done again when it broke off', async () => {
    await store.create(aGeneration('a'))
    const broken = store.drop('a', noon, () => Promise.reject(new Error('the process died')))
    await expect(broken).rejects.toThrow('died')
    expect(await store.publish('a', noon)).toEqual({ outcome: 'wrong_state', state: 'dropping' })
    expect(await store.drop('a', noon, noCells)).toMatchObject({ outcome: 'dropped' })
  })

  it('never deletes what is published, whoever comes first', async () => {
    for (let i = 0; i < 40; i++) {
      const id = `g${i}`
      await store.create(aGeneration(id))
      const publishing = store.publish(id, noon)
      for (let turns = 0; turns < i % 8; turns++) await new Promise(setImmediate)
      let publishedAtDeletion: boolean | undefined
      const dropping = store.drop(id, noon, async () => {
        publishedAtDeletion = (await store.publications()).list.some(({ generation }) => generation === id)
        return 0
      })
      const [published, dropped] = await Promise.all([publishing, dropping])
      const isPublished = (await store.publications()).list.some(({ generation }) => generation === id)
      expect(publishedAtDeletion ?? false).toBe(false)
      expect([published.outcome === 'published', dropped.outcome === 'dropped']).toEqual([isPublished, !isPublished])
      expect((await store.find(id))?.state).toBe(isPublished ? 'ready' : 'dropped')
    }
  })
})

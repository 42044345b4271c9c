/** Visitors that a site remembers for weeks: what they are called, by endpoints over a real table of salts. */
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDynamoClient } from '../ingest/dynamodb.ts'
import { createSalts, type Salts } from '../ingest/salts.ts'
import { identify, identifyImported, knownVisitor } from '../ingest/visitor.ts'
import { rememberedFrom, weekMs, weekOf, windowOf } from '../stream/remembered.ts'
import type { Site } from '../stream/site.ts'
import { BareIngest, requestBody } from './support/bare-ingest.ts'
import { chrome } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'

const hour = 3_600_000
const day = 24 * hour
/** A Wednesday. */
const since = Date.parse('2026-03-11T00:00:00Z')
const monday = Date.parse('2026-03-09T00:00:00Z')
const shop = { site: 'shop', rememberedWeeks: 4, rememberedFrom: since }

let stores: TestStores
let salts: Salts
/** As an instance of the endpoint has it. */
const anInstance = () => createSalts(createDynamoClient(), `${stores.settings.RETRACE_TABLE_PREFIX}salts`)
beforeAll(async () => {
  stores = await startStores()
  salts = anInstance()
})
afterAll(() => stores.close())

const who = (at: number, browser = chrome, site: Pick<Site, 'site'> = shop, from = salts) =>
  identify(from, site, '203.0.113.1', browser, at)
const nameOf = async (...asked: Parameters<typeof who>) => (await who(...asked)).visitor

describe('windows', () => {
  it('are of whole weeks, the first with the week in which a site begins to remember', () => {
    expect(weekOf(since)).toBe(monday)
    expect(weekOf(monday)).toBe(monday)
    expect(weekOf(monday - 1)).toBe(monday - weekMs)
    expect(windowOf(shop, since - 1)).toBeUndefined()
    expect(windowOf(shop, since)).toEqual({ from: monday, to: monday + 4 * weekMs })
    expect(windowOf(shop, monday + 4 * weekMs - 1)).toEqual({ from: monday, to: monday + 4 * weekMs })
    expect(windowOf(shop, monday + 9 * weekMs)).toEqual({ from: monday + 8 * weekMs, to: monday + 12 * weekMs })
    expect(windowOf({ ...shop, rememberedWeeks: 12 }, monday + 9 * weekMs)?.from).toBe(monday)
    expect(rememberedFrom(since - 1)).toBe(since)
    expect(rememberedFrom(since)).toBe(since + day)
  })
})

describe('a visitor', () => {
  it('is called the same for the weeks of a window, and otherwise before and after it', async () => {
    const names = await Promise.all([since, since + 10 * day, monday + 4 * weekMs - 1].map((at) => nameOf(at)))
    expect(new Set(names).size).toBe(1)
    expect(await nameOf(since - 1)).not.toBe(names[0])
    const next = await who(monday + 4 * weekMs)
    expect(next).toMatchObject({ previousVisitor: names[0] })
    expect(next.visitor).not.toBe(names[0])
    expect(await who(monday + 4 * weekMs + hour)).not.toHaveProperty('previousVisitor')
    expect(await who(since + day)).not.toHaveProperty('previousVisitor')
    expect((await who(since)).previousVisitor).toBe(await nameOf(since - 1))
  })

  it('is the same with another version of a browser, and not with another browser', async () => {
    const later = chrome.replace(/Chrome\/[\d.]+/, 'Chrome/999.0.1.2')
    expect(later).not.toBe(chrome)
    const [now, then] = [await who(since + day), await who(since + 2 * day, later)]
    expect([then.visitor, then.routing]).toEqual([now.visitor, now.routing])
    expect(await nameOf(since + day, chrome.replace('Chrome', 'Browser'))).not.toBe(now.visitor)
    // For a day versions tell visitors apart, as ever.
    expect(await nameOf(since - day, later)).not.toBe(await nameOf(since - day))
  })

  it('is called the same by several instances that begin at once', async () => {
    const at = monday + 8 * weekMs
    const names = await Promise.all(Array.from({ length: 5 }, () => nameOf(at, chrome, shop, anInstance())))
    expect(new Set(names).size).toBe(1)
  })

  it('has nothing to do with those of other sites, nor with who they were before it began once more', async () => {
    const at = since + 5 * day
    const again = { ...shop, rememberedFrom: since + 4 * day }
    const names = [
      await nameOf(at),
      await nameOf(at, chrome, { ...shop, site: 'blog' }),
      await nameOf(at, chrome, again),
    ]
    expect(new Set(names).size).toBe(3)
    expect(await nameOf(at, chrome, { site: 'shop' })).toBe(await nameOf(at + hour, chrome, { site: 'shop' }))
  })

  it('is forgotten at once when the site stops it', async () => {
    const at = since + 6 * day
    const remembered = await who(at)
    expect(knownVisitor(shop, '203.0.113.1', chrome, at)).toEqual(remembered)
    expect(knownVisitor({ site: 'shop' }, '203.0.113.1', chrome, at)).toBeUndefined()
  })

  it('of an import is remembered by the days of the log', async () => {
    const imported = (at: number) => identifyImported(salts, 'salt', shop, '203.0.113.1', chrome, at)
    const [before, first, later] = await Promise.all([since - day, since + day, since + 9 * day].map(imported))
    expect(later?.visitor).toBe(first?.visitor)
    expect(before?.visitor).not.toBe(first?.visitor)
  })
})

it('salts are deleted a day after their window, and forgotten then by an endpoint that goes on', async () => {
  const table = `${stores.settings.RETRACE_TABLE_PREFIX}salts`
  const client = createDynamoClient()
  const name = 'shop 2026-03-11 2026-03-09'
  await who(since + day)
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table }))
  const [item] = Items.filter((each) => each.day?.S === name)
  expect(Number(item?.expiresAt?.N) * 1000).toBe(monday + 4 * weekMs + day)

  const period = { name: 'one 2026-03-11 2026-03-09', from: monday, to: monday + 4 * weekMs }
  const other = anInstance()
  const kept = await other.of(period, since)
  await client.send(new DeleteItemCommand({ TableName: table, Key: { day: { S: period.name } } }))
  expect(await other.of(period, monday + 4 * weekMs + day - 1)).toBe(kept)
  await other.of({ name: '2026-04-08', from: 0, to: day }, monday + 4 * weekMs + day + hour)
  expect(await other.ofPast(period)).toBeUndefined()
})

it('who asks not to be tracked is not remembered, and nobody of a strict site', async () => {
  const endpoint = new BareIngest()
  await endpoint.post(requestBody('remembering'), { 'sec-gpc': '1' })
  await endpoint.post(requestBody('remembering'), { dnt: '1' })
  expect(endpoint.stored).toEqual([])
  await endpoint.post(requestBody('remembering'))
  await endpoint.post(requestBody('strict'))
  const [remembered = '', strict = ''] = endpoint.stored
  expect(JSON.parse(remembered)).toHaveProperty('visitor')
  expect(JSON.parse(strict)).not.toHaveProperty('visitor')
  for (const stored of endpoint.stored) expect(stored).not.toContain('203.0.113.7')
  await endpoint.app.close()
})

/** Rules as data: what a document may say, and what the fold makes of it. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldEvent } from '../consumers/aggregator/fold.ts'
import { FoldState } from '../consumers/aggregator/fold-state.ts'
import type { WrittenRules } from '../consumers/aggregator/rules/document.ts'
import { compileRules, usualRules } from '../consumers/aggregator/rules/rules.ts'
import { emptyCell } from '../consumers/aggregator/shapes/cell.ts'
import { segmentsOf } from '../consumers/aggregator/shapes/segments.ts'
import type { Delivery } from '../stream/event.ts'
import { applyDelta } from './support/cells.ts'
import { aDelivery, anEvent, chrome, noon } from './support/events.ts'
import { root, runToEnd } from './support/retrace.ts'
import { compiled, count } from './support/rules.ts'

const minute = 60_000

function problemsOf(document: unknown): string[] {
  const result = compileRules(document)
  return result.ok ? [] : result.problems
}

let loads = 0
const view = (different: Partial<Parameters<typeof anEvent>[0]> = {}, delivery: Partial<Delivery> = {}) =>
  aDelivery({ ...delivery, events: [anEvent({ load: (++loads).toString(16).padStart(16, '0'), ...different })] })

describe('a document', () => {
  it('may leave everything out: what it leaves out is as usual', () => {
    for (const document of [{}, { all: {} }, { all: { bots: [] }, sites: {} }, { all: { channels: ['usual'] } }])
      expect(compiled(document as WrittenRules).version).toBe(usualRules.version)
  })

  it('has the same version in whichever order it is written, and when what it was completed to is compiled again', () => {
    const a = compiled({ all: { bots: ['Acme'], visitTimeoutMinutes: 20 }, sites: { a: { bots: ['x-y'] }, b: {} } })
    const b = compiled({ sites: { b: {}, a: { bots: ['x-y'] } }, all: { visitTimeoutMinutes: 20, bots: ['Acme'] } })
    expect(b.version).toBe(a.version)
    expect(compiled(JSON.parse(JSON.stringify(a.document))).version).toBe(a.version)
    expect(compiled({ all: { bots: ['Acme'] } }).version).not.toBe(a.version)
  })

  it('has the version that it was kept under before there were lists that it leaves empty', () => {
    const kept = {
      all: {
        bots: ['Acme'],
        internal: { visitors: [], hosts: ['localhost'] },
        channels: [{ channel: 'Partners', host: ['partner.example'] }],
        pages: [],
        visitTimeoutMinutes: 30,
      },
      sites: { a: { internal: { visitors: [], hosts: ['b.example'] } } },
    }
    expect(compiled(kept).version).toBe('0efab7e893ac')
    expect(compiled({ all: { internal: { tags: [], networks: [] } } }).version).toBe(usualRules.version)
    expect(compiled({ all: { internal: { tags: ['office'] } } }).version).not.toBe(usualRules.version)
  })

  it('is told of all of its problems at once, each with its place and what is allowed there', () => {
    expect(
      problemsOf({
        all: {
          bot: [],
          bots: ['ok-bot', '*a', 5],
          internal: { hosts: ['Example.org'], tags: ['office', ''], networks: ['203.0.113.0/24'] },
          channels: ['all', { channel: '' }, { channel: 'Partners', source: [] }],
          pages: [
            { match: 'old', rename: '/new' },
            { match: '/a/*b*', group: '/a' },
            { match: '/a', rename: '/b', group: '/c' },
            { match: '/a', rename: '/b/**' },
          ],
          visitTimeoutMinutes: 121,
        },
        sites: { 'Not A Site': {}, demo: { channels: ['usual'] } },
      }),
    ).toEqual([
      'all.bot is not known; allowed here: bots, internal, channels, pages, visitTimeoutMinutes',
      'all.bots[1] must have at least 3 characters besides *, ^ and $',
      'all.bots[2] must be a text of at most 512 characters',
      'all.internal.hosts[0] must be a host in lower case, such as example.org or *.example.org',
      'all.internal.tags[1] must be a text of 1 to 64 printable characters',
      'all.internal.networks[0] must be 4 hex digits, lower case: npm run rules -- network RANGE tells those of a range',
      'all.channels[0] must be a rule or "usual"',
      'all.channels[1].channel must be a text of 1 to 40 characters',
      'all.channels[1] needs at least one of medium, source, host, name',
      'all.channels[2].source must have an entry; leave it out for any',
      'all.pages[0].match must begin with / and have at most 512 characters, none of them blank',
      'all.pages[1].match may have one * between two slashes, and ** at the end',
      'all.pages[2] needs either "rename" or "group"',
      'all.pages[3].rename may have a * only as ** at the end, behind a match that ends in ** too',
      'all.visitTimeoutMinutes must be an integer from 1 to 120',
      'sites.Not A Site is no name of a site',
      'sites.demo.channels[0] must be a rule ("usual" stands in "all" alone)',
    ])
  })

  it.each([[null], ['rules'], [[]], [{ all: 5 }], [{ sites: [] }]])('is an object of objects, not %o', (value) => {
    expect(problemsOf(value)).toHaveLength(1)
  })

  it('is read whatever it is: either it compiles or there are problems', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const result = compileRules({ all: value })
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0)
      }),
    )
  })

  it('may take 64 KiB', () => {
    const bots = Array.from({ length: 900 }, (_, i) => `${i}`.padStart(80, 'x'))
    expect(problemsOf({ all: { bots } })).toEqual(['rules may take 65536 bytes as JSON'])
  })

  it('keeps within its bounds with the usual rules in it too: what is kept can be read again', () => {
    const channels = (length: number) => Array.from({ length }, (_, i) => ({ channel: 'c', host: [`h${i}.example`] }))
    const tooMany = 'all.channels may have 1000 entries, with the usual rules in their place'
    expect(problemsOf({ all: { channels: [...channels(999), 'usual'] } })).toEqual([tooMany])
    const bots = Array.from({ length: 128 }, (_, i) => `${i}`.padStart(500, 'x'))
    const tooLarge = 'rules may take 65536 bytes as JSON, with the usual rules in their place'
    expect(problemsOf({ all: { bots } })).toEqual([tooLarge])
    const most = compiled({ all: { channels: [...channels(990), 'usual'] } })
    expect(compiled(JSON.parse(JSON.stringify(most.document))).version).toBe(most.version)
  })
})

describe('the fold', () => {
  it('counts under the usual rules as without any', () => {
    const address = fc.constantFrom('/', '/a', '/a?utm_source=News', '/a?utm_medium=cpc')
    const referrer = fc.constantFrom(undefined, 'https://google.com/', 'https://shop.example/', 'https://blog.example/')
    const at = fc.integer({ min: 0, max: 200 })
    fc.assert(
      fc.property(fc.array(fc.tuple(address, referrer, at, fc.integer({ min: 1, max: 3 }))), (visits) => {
        const deliveries = visits.map(([path, from, minutes, who]) =>
          view(
            { url: `https://shop.example${path}`, at: noon + minutes * minute, ...(from && { referrer: from }) },
            { visitor: `${who}`.repeat(16) },
          ),
        )
        const { pageviews: plainBy, ...plain } = count(deliveries)
        const { pageviews: usualBy, ...usual } = count(deliveries, compiled({ all: { channels: ['usual'] } }))
        expect(usual).toEqual(plain)
        for (const dimension of ['page', 'channel'] as const) expect(usualBy(dimension)).toEqual(plainBy(dimension))
      }),
    )
  })

  it('takes a user agent for a program that rules declare one, at the site that they are for', () => {
    const rules = compiled({ sites: { demo: { bots: ['chrome/130'] } } })
    expect(count([view()], rules)).toMatchObject({ outcomes: ['filtered'], bots: 1, events: 0, visitors: 0 })
    expect(count([view({}, { site: 'other' })], rules)).toMatchObject({ outcomes: ['aggregated'], bots: 0, events: 1 })
  })

  it('leaves out what is internal from every figure', () => {
    const rules = compiled({
      all: {
        internal: { visitors: ['a'.repeat(16)], hosts: ['*.test.example'], tags: ['office'], networks: ['3fa1'] },
      },
      sites: { demo: { internal: { tags: ['agency'] } } },
    })
    const internal = [
      view({}, { visitor: 'a'.repeat(16) }),
      view({ url: 'https://www.staging.test.example/' }),
      view({}, { tag: 'office' }),
      view({}, { tag: 'agency' }),
      view({}, { network: '3fa1' }),
    ]
    const outcomes = internal.map(() => 'filtered')
    expect(count(internal, rules)).toMatchObject({ outcomes, events: 0, bots: 0, visits: 0, visitors: 0 })
    const others = [
      view(),
      view({}, { tag: 'Office' }),
      view({}, { tag: 'agency', site: 'other' }),
      view({}, { network: '3fa2' }),
    ]
    expect(count(others, rules)).toMatchObject({ outcomes: others.map(() => 'aggregated'), events: others.length })
  })

  it('asks rules of channels in their order, a site’s before those of all', () => {
    const rules = compiled({
      all: { channels: [{ channel: 'Partners', host: ['blog.example', '*.partner.example'] }, 'usual'] },
      sites: { demo: { channels: [{ channel: 'Shop search', name: ['google'], medium: ['cpc'] }] } },
    })
    const from = (referrer: string, query = '') => view({ referrer, url: `https://shop.example/${query}`, at: noon })
    const channel = (delivery: Delivery) => Object.keys(count([delivery], rules).pageviews('channel'))[0]
    expect(channel(from('https://blog.example/'))).toBe('Partners')
    expect(channel(from('https://a.partner.example/'))).toBe('Partners')
    expect(channel(from('https://google.de/', '?utm_medium=cpc'))).toBe('Shop search')
    expect(channel({ ...from('https://google.de/', '?utm_medium=cpc'), site: 'other' })).toBe('paid')
    expect(channel(from('https://google.de/'))).toBe('search')
  })

  it('renames and groups pages, by the first rule that matches', () => {
    const rules = compiled({
      all: {
        pages: [
          { match: '/product/new', rename: '/product-news' },
          { match: '/product/*', group: '/product/:id' },
          { match: '/blog/**', rename: '/journal/**' },
        ],
      },
    })
    const paths = ['/product/new', '/product/5', '/product/6', '/blog/a/b', '/other']
    const { pageviews } = count(
      paths.map((path) => view({ url: `https://shop.example${path}` })),
      rules,
    )
    expect(pageviews('page')).toEqual({ '/product-news': 1, '/product/:id': 2, '/journal/a/b': 1, '/other': 1 })
  })

  it('ends visits after the inactivity that rules say', () => {
    const twice = [view({ at: noon }), view({ at: noon + 15 * minute })]
    expect(count(twice, compiled({ all: { visitTimeoutMinutes: 10 } })).visits).toBe(2)
    expect(count(twice, compiled({ all: { visitTimeoutMinutes: 20 } })).visits).toBe(1)
  })

  it('counts each event by the rules of the segment that it arrived in; a visit keeps the names that it began with', () => {
    const renaming = compiled({ all: { pages: [{ match: '/plants/fern', rename: '/fern' }] } })
    const segmentOf = segmentsOf([{ at: noon + 5 * minute, rules: renaming.version }], (version) =>
      version === undefined ? usualRules : renaming,
    )
    const cell = emptyCell()
    const state = new FoldState()
    for (const delivery of [view({ at: noon }), view({ at: noon + 10 * minute })])
      for (const event of delivery.events)
        foldEvent(state, segmentOf(delivery.received), delivery, event, (delta) => applyDelta(cell, delta))
    const by = (dimension: 'page' | 'entry' | 'exit') => Object.fromEntries(cell.dimensions.get(dimension) ?? [])
    expect(cell.totals).toMatchObject({ visits: 1, bounces: 0, pageviews: 2 })
    expect(by('page')).toMatchObject({ '/plants/fern': { pageviews: 1, visits: 1 }, '/fern': { pageviews: 1 } })
    expect(by('entry')).toMatchObject({ '/plants/fern': { visits: 1, visitMs: 10 * minute } })
    expect(by('exit')).toMatchObject({ '/plants/fern': { visits: 0 }, '/fern': { visits: 1 } })
  })
})

describe('npm run rules', () => {
  const run = (...args: string[]) => runToEnd('local/rules/cli.ts', args, process.env)
  const example = join(root, 'docs/rules.example.json')

  it('checks a file and says its version', async () => {
    const { version } = compiled(JSON.parse(readFileSync(example, 'utf8')))
    expect(await run('check', example)).toEqual({ code: 0, output: `${example} is fine: rules ${version}\n` })
  })

  it('says what is wrong in the file, or with the command', async () => {
    const noRules = join(root, 'package.json')
    const problems = await run('check', noRules)
    expect(problems.code).toBe(1)
    expect(problems.output).toContain('\n  name is not known; allowed here: all, sites\n')
    expect((await run('explain', '--url', '/path')).code).toBe(2)
  })

  it('explains what rules make of an example', async () => {
    const url = 'https://shop.example/plants/fern?utm_medium=audio&utm_source=Spotify'
    const { output } = await run('explain', '--rules', example, '--site', 'demo', '--url', url)
    expect(output).toMatch(/^page +\/plants\/:name$/m)
    expect(output).toMatch(/^channel +Podcast$/m)
    const program = await run('explain', '--rules', example, '--url', url, '--user-agent', 'acmemonitor/2')
    expect(program.output).toMatch(/^counts +among bots/m)
    const network = await run('explain', '--rules', example, '--url', url, '--network', '3fa1')
    expect(network.output).toMatch(/^counts +nowhere: its network is internal$/m)
    const office = await run('explain', '--rules', example, '--url', url, '--tag', 'office')
    expect(office.output).toMatch(/^counts +nowhere: its tag is internal$/m)
  })
})

describe('browsers', () => {
  it('are told as before where no rule names them', () => {
    expect(
      compiled({ all: { bots: ['Acme'] } })
        .of('demo')
        .browserOf(chrome),
    ).toEqual(usualRules.of('demo').browserOf(chrome))
  })
})

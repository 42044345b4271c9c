/** Rules as data: what a document may say, and what the fold makes of it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { isbot } from 'isbot'
import { describe, expect, it } from 'vitest'
import { foldEvent } from '../consumers/aggregator/fold.ts'
import { FoldState } from '../consumers/aggregator/fold-state.ts'
import type { WrittenRules } from '../consumers/aggregator/rules/document.ts'
import { pageMatcher, userAgentMatcher } from '../consumers/aggregator/rules/patterns.ts'
import { compileRules, type Rules, usualRules } from '../consumers/aggregator/rules/rules.ts'
import { emptyCell } from '../consumers/aggregator/shapes/cell.ts'
import { dailySegments, segmentsOf } from '../consumers/aggregator/shapes/segments.ts'
import { parseLogLine } from '../local/import/combined-log.ts'
import { toEvent, whyNoPageView } from '../local/import/page-views.ts'
import type { Delivery } from '../stream/event.ts'
import { cleanUrl } from '../stream/page-url.ts'
import { applyDelta } from './support/cells.ts'
import { aDelivery, anEvent, chrome, noon } from './support/events.ts'
import { root, runToEnd } from './support/retrace.ts'

const minute = 60_000

function compiled(document: WrittenRules): Rules {
  const result = compileRules(document)
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.rules
}

function problemsOf(document: unknown): string[] {
  const result = compileRules(document)
  return result.ok ? [] : result.problems
}

/** What deliveries count for under rules, over all buckets. */
function count(deliveries: readonly Delivery[], rules?: Rules) {
  const cell = emptyCell()
  const state = new FoldState()
  const segmentOf = dailySegments(rules)
  const outcomes = deliveries.flatMap((delivery) =>
    delivery.events.map((event) =>
      foldEvent(state, segmentOf(delivery.received), delivery, event, (delta) => applyDelta(cell, delta)),
    ),
  )
  const { visitors, ...totals } = cell.totals
  const pageviews = (dimension: 'page' | 'channel') =>
    Object.fromEntries(
      [...(cell.dimensions.get(dimension) ?? [])].map(([value, figures]) => [value, figures.pageviews]),
    )
  return { ...totals, visitors: visitors.count, outcomes, pageviews }
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

  it('is told of all of its problems at once, each with its place and what is allowed there', () => {
    expect(
      problemsOf({
        all: {
          bot: [],
          bots: ['ok-bot', '*a', 5],
          internal: { hosts: ['Example.org'] },
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

describe('patterns', () => {
  it.each([
    ['headless', 'Mozilla/5.0 HeadlessChrome/1', true],
    ['^Mozilla', 'Mozilla/5.0', true],
    ['^Chrome', 'Mozilla/5.0 Chrome', false],
    ['Chrome$', 'Mozilla/5.0 Chrome', true],
    ['Chrome$', 'Chrome Chrome/5', false],
    ['^exact/1.0$', 'exact/1.0', true],
    ['^exact/1.0$', 'exact/1.0/1.0', false],
    ['Moz*bot*4', 'Mozilla robot 3.4', true],
    ['Moz*bot*Moz', 'Mozilla robot', false],
    ['^aab*aab$', 'aab', false],
  ])('of user agents: %s in %s is %s', (pattern, userAgent, is) => {
    expect(userAgentMatcher(pattern)(userAgent)).toBe(is)
  })

  it('of user agents mean what a regular expression with .* would', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 })
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(texts, parts, fc.boolean(), fc.boolean(), (text, pieces, atStart, atEnd) => {
        const edge = (is: boolean, sign: string) => (is ? sign : '')
        const pattern = `${edge(atStart, '^')}${pieces.join('*')}${edge(atEnd, '$')}`
        const same = new RegExp(`${edge(atStart, '^')}${pieces.join('.*')}${edge(atEnd, '$')}`)
        expect(userAgentMatcher(pattern)(text)).toBe(same.test(text))
      }),
    )
  })

  it('take time in proportion, whatever they meet', () => {
    const matches = userAgentMatcher(`${'a*'.repeat(200)}b`)
    const started = performance.now()
    for (let i = 0; i < 100; i++) expect(matches('a'.repeat(512))).toBe(false)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it.each([
    ['/old', '/old', ''],
    ['/old', '/old/', undefined],
    ['/product/*', '/product/5', ''],
    ['/product/*', '/product/', undefined],
    ['/product/*', '/product/5/reviews', undefined],
    ['/*/reviews', '/5/reviews', ''],
    ['/p-*.html', '/p-5.html', ''],
    ['/p-*.html', '/p-.html', undefined],
    ['/blog/**', '/blog/2026/a', '2026/a'],
    ['/blog/**', '/blog/', ''],
    ['/blog/**', '/blog', undefined],
    ['/*/blog/**', '/en/blog/a/b', 'a/b'],
    ['/**', '/anything', 'anything'],
  ])('of pages: %s of %s leaves %s', (match, page, rest) => {
    expect(pageMatcher(match)(page)).toBe(rest)
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
    const rules = compiled({ all: { internal: { visitors: ['a'.repeat(16)], hosts: ['*.test.example'] } } })
    const internal = [view({}, { visitor: 'a'.repeat(16) }), view({ url: 'https://www.staging.test.example/' })]
    expect(count(internal, rules)).toMatchObject({ outcomes: ['filtered', 'filtered'], events: 0, bots: 0, visits: 0 })
    expect(count([view()], rules)).toMatchObject({ outcomes: ['aggregated'], events: 1 })
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

const fullLog = join(root, '../shared/data/web-log/access.log')
const excerpt = join(root, 'tests/fixtures/access-excerpt.log.gz')

/** Page views by page and user agent, by cutting lines at quotes and comparing words. */
function countIndependently(lines: readonly string[]): { page: string; userAgent: string }[] {
  return lines.flatMap((line) => {
    const parts = line.split('"')
    const [, request = '', numbers = '', , , userAgent = ''] = parts
    const [method, target = ''] = request.split(' ')
    if (parts.length !== 7 || method !== 'GET' || !/^ (?:200|304) /.test(numbers)) return []
    const path = target.split('?')[0] ?? ''
    const name = path.slice(path.lastIndexOf('/') + 1)
    const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : 'none'
    const isPage = ['none', 'html', 'htm', 'xhtml', 'php'].includes(ending) || !/^[a-z]/.test(ending)
    if (!isPage || target.includes('flav=') || /\/(feed|rss|atom)\/?$/.test(path)) return []
    if (userAgent === '-' || isbot(userAgent)) return []
    return [{ page: new URL(target, 'http://any.example').pathname, userAgent }]
  })
}

const tally = (values: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, same]) => [value, same.length]))
const mostCommon = (values: readonly string[]) =>
  Object.entries(tally(values)).reduce((most, each) => (each[1] > most[1] ? each : most))[0]

describe('a real log', () => {
  const file = existsSync(fullLog) ? fullLog : excerpt
  const lines = (file === excerpt ? gunzipSync(readFileSync(file)) : readFileSync(file)).toString().split('\n')
  const views = countIndependently(lines)
  /** As the import brings them in. */
  const deliveries = lines.flatMap((line, i): Delivery[] => {
    const entry = parseLogLine(line)
    if (!entry || whyNoPageView(entry)) return []
    const { address: _, userAgent, ...event } = toEvent(entry, i, 'https://www.example.org')
    const url = cleanUrl(event.url) ?? event.url
    return [{ site: 'demo', received: event.at, userAgent, events: [{ ...event, url }] }]
  })

  it('counts as counted by other means', () => {
    expect(count(deliveries).pageviews('page')).toEqual(tally(views.map(({ page }) => page)))
  })

  it('loses exactly the page views of a user agent that is declared a bot', () => {
    const declared = mostCommon(views.map(({ userAgent }) => userAgent))
    const left = views.filter(({ userAgent }) => userAgent !== declared)
    expect(left.length).toBeLessThan(views.length)
    const { events, pageviews } = count(deliveries, compiled({ all: { bots: [`^${declared}$`] } }))
    expect(events).toBe(left.length)
    const pages = Object.entries(pageviews('page')).filter(([, pageviews]) => pageviews > 0)
    expect(Object.fromEntries(pages)).toEqual(tally(left.map(({ page }) => page)))
  })

  it('counts a renamed page under its new name, and everything else as before', () => {
    const old = mostCommon(views.map(({ page }) => page))
    const renamed = views.map(({ page }) => (page === old ? '/renamed' : page))
    const rules = compiled({ all: { pages: [{ match: old, rename: '/renamed' }] } })
    expect(count(deliveries, rules).pageviews('page')).toEqual(tally(renamed))
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

/** Patterns of rules: text with a few signs, which cannot take long and cannot fail. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pageMatcher, userAgentMatcher } from '../consumers/aggregator/rules/patterns.ts'

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

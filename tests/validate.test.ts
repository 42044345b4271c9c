import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanReferrer, cleanUrl } from '../stream/page-url.ts'
import { checkEvent } from '../stream/validate.ts'
import { aClick, anEvent } from './support/events.ts'

const rejectionOf = (value: unknown) => {
  const check = checkEvent(value, [])
  return check.ok ? 'accepted' : check
}

describe('checking an event', () => {
  it('takes every field of the interface and stores exactly what it took', () => {
    const event = aClick({
      referrer: 'https://search.example/',
      title: 'Ferns',
      name: 'x',
      props: { size: 'L', price: 12.5, gift: true },
      engagedMs: 1200,
      scroll: 80,
      vw: 1280,
      vh: 720,
      target: {
        selector: '#buy',
        text: 'Buy',
        href: 'https://shop.example/basket',
        x: 1,
        y: 2,
        vw: 3,
        vh: 4,
        pageX: 5,
        pageY: 6,
        docW: 7,
        docH: 8,
      },
    })
    const check = checkEvent(event, [])
    expect(check).toMatchObject({ ok: true, event })
  })

  it('leaves out what it does not know', () => {
    const check = checkEvent({ ...anEvent(), ip: '1.2.3.4', __proto__: { x: 1 } }, [])
    expect(check.ok && Object.keys(check.event)).toEqual(['type', 'load', 'n', 'at', 'url'])
  })

  it('leaves out properties that are nothing, and loses no event by them', () => {
    const props: unknown = JSON.parse('{"size":"L","price":null,"__proto__":true}')
    const check = checkEvent({ ...anEvent(), props }, [])
    expect(check.ok && JSON.stringify(check.event.props)).toBe('{"size":"L","__proto__":true}')
  })

  it.each([
    ['no object', 42, 'not_an_object'],
    ['a list', [], 'not_an_object'],
    ['an unknown type', anEvent({ type: 'hover' as never }), 'unknown_type'],
    ['no load', { ...anEvent(), load: undefined }, 'missing_field'],
    ['a load that is no hash', anEvent({ load: 'xyz' }), 'bad_field'],
    ['a negative n', anEvent({ n: -1 }), 'bad_field'],
    ['a fractional time', anEvent({ at: 1.5 }), 'bad_field'],
    ['a relative address', anEvent({ url: '/about' }), 'bad_url'],
    ['a script as address', anEvent({ url: 'javascript:alert(1)' }), 'bad_url'],
    ['a title that is too long', anEvent({ title: 'x'.repeat(513) }), 'bad_field'],
    ['a target without selector', aClick({ target: {} as never }), 'bad_field'],
    ['nested props', anEvent({ props: { a: {} } as never }), 'bad_field'],
    [
      'too many props',
      anEvent({ props: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [i, 1])) }),
      'bad_field',
    ],
  ])('rejects %s', (_what, event, code) => {
    expect(rejectionOf(event)).toMatchObject({ ok: false, code })
  })

  it('never throws and never repeats what was sent', () => {
    const marker = 'dont-repeat-me'
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom(...Object.keys(anEvent()), 'props', 'target', 'referrer'),
        (junk, field) => {
          const check = checkEvent({ ...anEvent(), [field]: junk }, [])
          // What is accepted is clean: checking it again changes nothing.
          if (check.ok) expect(checkEvent(check.event, [])).toEqual(check)
          const reflected = checkEvent({ ...anEvent(), [field]: { [marker]: marker, selector: 1 } }, [])
          if (!reflected.ok) expect(reflected.message).not.toContain(marker)
        },
      ),
    )
  })
})

describe('addresses', () => {
  it('keep path and campaign tags and lose everything else', () => {
    expect(cleanUrl('https://me:pw@shop.example/a?utm_source=news&token=secret&ref=x#part')).toBe(
      'https://shop.example/a?utm_source=news&ref=x',
    )
  })

  it('are the same whether they had to be parsed or not', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      '.',
      '..',
      '-',
      '1',
      '%2e',
      "'",
      '(',
      ' ',
      '\u00e9',
      '~',
      ':',
      '@',
      '',
      'xn--a',
    )
    const address = fc
      .tuple(
        fc.constantFrom('http', 'https', 'HTTP'),
        fc.array(piece),
        fc.constantFrom('', ':80', ':443', ':8080', ':0'),
        fc.array(piece),
      )
      .map(([scheme, name, port, path]) => `${scheme}://${name.join('')}${port}/${path.join('/')}`)
    fc.assert(
      fc.property(address, (url) => {
        const parsed = URL.canParse(url) ? new URL(url) : undefined
        if (parsed) Object.assign(parsed, { username: '', password: '' })
        expect(cleanUrl(url)).toBe(parsed?.href)
      }),
      { numRuns: 2000 },
    )
  })

  it('take no longer for being made to', () => {
    const begun = performance.now()
    for (const part of ['a', 'a.', 'a/', "'.", '-.', 'a-'])
      for (const end of ['#', '?', '\u0000', '/../', '']) {
        cleanUrl(`https://a.example/${part.repeat(1000)}${end}`)
        cleanUrl(`https://${part.repeat(1000)}${end}`)
      }
    expect(performance.now() - begun).toBeLessThan(200)
  })

  it('keep parameters that the site lists', () => {
    expect(cleanUrl('https://shop.example/list?page=2&q=shoes', ['page'])).toBe('https://shop.example/list?page=2')
  })

  it('of referrers lose the whole query', () => {
    expect(cleanReferrer('https://search.example/find?q=private')).toBe('https://search.example/find')
    expect(cleanReferrer('android-app://com.example')).toBeUndefined()
  })

  it('of links to mail and telephone keep the kind alone', () => {
    const check = checkEvent(aClick({ target: { selector: 'a', href: 'mailto:someone@example.org' } }), [])
    expect(check.ok && check.event.target?.href).toBe('mailto:')
  })
})

/** Where clicks lead: other sites, files, letters, calls; and with which button and keys. */
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { SnippetPage } from './support/snippet-page.ts'

const world = new SnippetPage()
const clicks = () => world.taken('click')

/** The page stays: where it would go is not there. */
const stay = "<script>addEventListener('click', (event) => event.preventDefault())</script>"
const links = `${stay}<a id="inner" href="/mosses?page=2">Mosses</a>
<a id="outbound" href="https://elsewhere.example/ferns">Elsewhere</a>
<a id="download" href="/list.pdf" download>List</a>
<a id="letter" href="mailto:ines@fern.example?subject=Ferns">Write</a>
<a id="call" href="tel:+441632960011">Call</a>
<a id="anchor" href="#top">Up</a>
<a id="inside" href="/deep"><b id="bold">Deep <i>inside</i></b></a>`

const click = async (...ids: string[]) => {
  for (const id of ids) await world.page.click(`#${id}`)
  await eventually(() => expect(clicks()).toHaveLength(ids.length))
}
const targets = () => clicks().map(({ target }) => [target?.selector, target?.href])

it('says where links lead: on the site, away, to a file, a letter, a call', async () => {
  await world.open({ body: links })
  await click('inner', 'outbound', 'download', 'letter', 'call')
  const { origin } = world.capture
  const [inner, outbound, download, letter, call] = targets()
  expect([inner, outbound, download]).toEqual([
    ['#inner', `${origin}/mosses?page=2`],
    ['#outbound', 'https://elsewhere.example/ferns'],
    ['#download', `${origin}/list.pdf`],
  ])
  // The endpoint keeps the scheme alone: consumers never see an address or a number.
  expect(letter).toEqual(['#letter', expect.stringMatching(/^mailto:/)])
  expect(call).toEqual(['#call', expect.stringMatching(/^tel:/)])
})

it('finds the link around what was clicked', async () => {
  await world.open({ body: links })
  await click('bold')
  expect(clicks()[0]?.target).toMatchObject({
    selector: '#inside',
    text: 'Deep inside',
    href: `${world.capture.origin}/deep`,
  })
})

it('says nothing of other hosts with data-outbound="none", and all of its own', async () => {
  // As `acme.com` is to `acme.co`: an address that begins like the site's own, and is another's.
  const alike = `<a id="alike" href="${world.capture.origin}@elsewhere.example/">Alike</a>`
  await world.open({ body: links + alike, attributes: 'data-outbound="none"' })
  await click('inner', 'download')
  for (const id of ['outbound', 'alike']) await world.page.click(`#${id}`)
  await world.settled()
  expect(targets().slice(0, 2)).toEqual([
    ['#inner', `${world.capture.origin}/mosses?page=2`],
    ['#download', `${world.capture.origin}/list.pdf`],
  ])
  expect(JSON.stringify(world.sent())).not.toContain('elsewhere.example')
})

describe('a link that opens another tab', () => {
  const body = '<a id="link" href="/mosses">Mosses</a><a id="blank" href="/mosses" target="_blank">Mosses</a>'
  it.each(['Control', 'Shift', 'middle', 'target="_blank"'])('counts once: %s', async (way) => {
    await world.open({ body })
    if (way === 'middle') await world.page.click('#link', { button: 'middle' })
    else if (way.startsWith('target')) await world.page.click('#blank')
    else await world.page.click('#link', { modifiers: [way as 'Control'] })
    // The tab that was opened is a page of its own. It says so itself: Playwright misses some that open behind this one.
    await eventually(() => expect(world.taken('pageview')).toHaveLength(2))
    expect(new Set(world.taken('pageview').map(({ load }) => load)).size).toBe(2)
    await world.settled()
    const { origin } = world.capture
    expect(clicks().map(({ url, target }) => [url, target?.href])).toEqual([[`${origin}/`, `${origin}/mosses`]])
  })
})

it('reports no clicks with data-clicks="none", and still the events that elements name', async () => {
  await world.open({
    body: `${stay}<button id="plain">Plain</button><button id="named" data-retrace-event="leaflet">Leaflet</button>`,
    attributes: 'data-clicks="none"',
  })
  await world.page.click('#plain')
  await world.page.click('#named')
  await eventually(() => world.custom('leaflet')[0])
  expect(clicks()).toEqual([])
})

describe('data-retrace-event', () => {
  it('makes an event of a click, with the attributes of the element as its properties', async () => {
    await world.openWithMore({
      body: `<p id="card" data-retrace-event="leaflet taken" data-retrace-plant="royal-fern" data-retrace-pot-size="3">
        <b id="words">Take one</b></p>`,
    })
    await world.page.click('#words')
    const event = await eventually(() => world.custom('leaflet taken')[0])
    expect(event.props).toEqual({ plant: 'royal-fern', 'pot-size': '3' })
    expect(clicks().map(({ target }) => target?.selector)).toEqual(['#card'])
  })

  it('is found around a button, inside a shadow tree and by the keyboard', async () => {
    await world.openWithMore({
      body: `<div data-retrace-event="outer"><button id="button">One</button></div>
        <my-card data-retrace-event="host"></my-card>
        <script>customElements.define('my-card', class extends HTMLElement {
          constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = '<button id="within">Two</button>' }
        })</script>`,
    })
    await world.page.locator('#button').press('Enter')
    await world.page.locator('#within').click()
    await eventually(() => expect([world.custom('outer').length, world.custom('host').length]).toEqual([1, 1]))
  })
})

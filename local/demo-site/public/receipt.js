/**
 * The receipt: what the snippet sends from this site, event by event, as it leaves the page. It stands before the
 * snippet in the page and looks at the requests themselves, so it shows what really goes out and nothing else. Kept
 * for as long as the tab is open, since a click that follows a link is sent while its page goes away.
 */
{
  const storageKey = 'understory-receipt'
  /** As many as anybody reads. */
  const maxEntries = 60

  const read = () => JSON.parse(sessionStorage.getItem(storageKey) ?? '{"requests":0,"bytes":0,"entries":[]}')
  const isEvents = (url) => String(url?.url ?? url).endsWith('/v1/events')

  /** An event that is sent again keeps its (load, n), and its line. */
  function note(body) {
    const receipt = read()
    const { sentAt, events } = JSON.parse(body)
    receipt.requests++
    receipt.bytes += new TextEncoder().encode(body).length
    for (const event of events) {
      const same = ({ event: { load, n } }) => load === event.load && n === event.n
      const known = receipt.entries.find(same)
      if (known) known.times++
      else receipt.entries.unshift({ event, sentAt, times: 1 })
    }
    receipt.entries.length = Math.min(receipt.entries.length, maxEntries)
    sessionStorage.setItem(storageKey, JSON.stringify(receipt))
    show()
  }

  /** The page's own mistakes must not cost the request. */
  function tryToNote(url, body) {
    try {
      if (isEvents(url) && typeof body === 'string') note(body)
    } catch (error) {
      console.warn('The receipt could not be printed', error)
    }
  }

  const { fetch } = window
  window.fetch = (url, options) => {
    tryToNote(url, options?.body)
    return fetch(url, options)
  }
  const { sendBeacon } = navigator
  navigator.sendBeacon = (url, body) => {
    tryToNote(url, body)
    return sendBeacon.call(navigator, url, body)
  }

  const element = (name, className, text) =>
    Object.assign(document.createElement(name), { className, textContent: text ?? '' })

  /** What the head of a line says, and what stands under the receipt once for all. */
  const common = new Set(['type', 'name', 'load', 'n', 'at', 'url'])

  /** Nested fields by their whole names, so that a line is a field. */
  const fieldsOf = (event, prefix = '') =>
    Object.entries(event)
      .filter(([name]) => prefix || !common.has(name))
      .flatMap(([name, value]) =>
        value && typeof value === 'object' ? fieldsOf(value, `${name}.`) : [[prefix + name, value]],
      )

  function line({ event, times }) {
    const item = element('li', `sent ${event.type}`)
    const head = element('p', 'what')
    head.append(
      element('b', '', event.name ? `${event.type}: ${event.name}` : event.type),
      element('span', '', `n ${event.n}`),
      element('time', '', new Date(event.at).toLocaleTimeString('en-GB')),
    )
    const fields = element('dl', 'fields')
    for (const [name, value] of [['url', new URL(event.url).pathname], ...fieldsOf(event)]) {
      const shown = typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
      fields.append(element('dt', '', name), element('dd', '', String(shown)))
    }
    item.append(head, fields)
    if (times > 1) item.append(element('p', 'again', `sent ${times} times, counts once`))
    return item
  }

  /**
   * Printed into a shadow tree, which is no part of the page to who looks on: a page that changes is an answer to a
   * click, and this one changes with every event.
   */
  customElements.define(
    'event-receipt',
    class extends HTMLElement {
      #root = this.attachShadow({ mode: 'open' })
      #list = element('ol', '')
      #empty = element('p', '', 'Nothing sent yet.')
      #total = element('p', 'tally')

      connectedCallback() {
        const styles = ['/site.css', '/notice.css'].map((href) =>
          Object.assign(document.createElement('link'), { rel: 'stylesheet', href }),
        )
        const head = element('header', '')
        head.append(element('h2', '', 'Receipt'), this.#total)
        const roll = element('section', 'roll')
        roll.ariaLabel = 'Events that were sent, the latest first'
        // What scrolls is a stop for the keyboard: nothing in it is one.
        roll.tabIndex = 0
        roll.append(this.#empty, this.#list)
        this.#root.append(...styles, head, roll, element('p', 'small', this.textContent))
        this.show()
      }

      show() {
        const { requests, bytes, entries } = read()
        this.#list.replaceChildren(...entries.map(line))
        this.#empty.hidden = entries.length > 0
        this.#total.textContent = `${requests} ${requests === 1 ? 'request' : 'requests'}, ${(bytes / 1024).toFixed(1)} KB`
      }
    },
  )

  const show = () => document.querySelector('event-receipt')?.show()
}

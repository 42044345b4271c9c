/** A sample website, a plant nursery's, that embeds the snippet as any site would. */
import { readdirSync, readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import fastify from 'fastify'
import { drawPlant } from './art.ts'
import { type Plant, plants } from './plants.ts'

export type DemoSiteOptions = {
  /** Where the snippet is served: what stands in the `src` of its script element. */
  snippetUrl: string
  site: string
  dashboardUrl: string
}

/** Pages that more than their own name leads to, or other slots go into. */
const pagesOfTheirOwn = new Set(['home', 'plant', 'notice', 'not-found'])

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** `{{name}}` in a template becomes the value of that name, which is HTML already. */
const fill = (template: string, values: Readonly<Record<string, string>>) =>
  template.replace(/\{\{(\w+)\}\}/g, (_slot, name: string) => values[name] ?? '')

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/**
 * @returns the app, which has read its own files (once: they are small and few) and does not listen yet
 */
export function createDemoSite({ snippetUrl, site, dashboardUrl }: DemoSiteOptions): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  const layout = read('layout.html')
  const cardTemplate = read('plant-card.html')

  const card = (plant: Plant) => fill(cardTemplate, slotsOf(plant))
  // People try a sample with whatever they have, a driven browser as well.
  const snippet = (more = '') =>
    `<script defer src="${escapeHtml(snippetUrl)}" data-site="${escapeHtml(site)}" data-automation${more}></script>`
  const shared = {
    snippet: snippet(),
    dashboard: escapeHtml(dashboardUrl),
    cards: plants.map(card).join(''),
    favourites: plants.slice(0, 3).map(card).join(''),
    hero: drawPlant({ art: 'palm', hue: 128 }),
  }

  const page = (template: string, values: Readonly<Record<string, string>> = {}) => {
    const slots = { ...shared, ...values }
    const title = fill(/<!-- title: (.*) -->/.exec(template)?.[1] ?? '', slots)
    const description = fill(/<!-- description: (.*) -->/.exec(template)?.[1] ?? '', slots)
    const main = fill(template.replace(/<!-- (title|description): .* -->\n/g, ''), slots)
    return fill(layout, { ...slots, title, description, main })
  }

  const serve = (path: string, html: string) => app.get(path, (_request, reply) => reply.type('text/html').send(html))
  serve('/', page(read('pages/home.html')))
  for (const file of readdirSync(new URL('pages/', import.meta.url))) {
    const name = file.replace('.html', '')
    if (!pagesOfTheirOwn.has(name)) serve(`/${name}`, page(read(`pages/${file}`)))
  }
  // Shows what the snippet sees, so it asks for what the other pages have no use for. Its router has pages below it.
  const notice = page(read('pages/notice.html'), { snippet: snippet(' data-hash') })
  for (const path of ['/notice', '/notice/:season']) serve(path, notice)
  for (const plant of plants) {
    const others = plants.filter((other) => other !== plant).slice(0, 3)
    serve(
      `/plants/${plant.slug}`,
      page(read('pages/plant.html'), { ...slotsOf(plant), others: others.map(card).join('') }),
    )
  }

  const asset = (path: string, type: string) => {
    const text = read(`public${path}`)
    app.get(path, (_request, reply) => reply.type(type).header('cache-control', 'no-cache').send(text))
  }
  for (const style of ['/site.css', '/notice.css']) asset(style, 'text/css')
  for (const script of ['/shop.js', '/receipt.js', '/notice.js']) asset(script, 'text/javascript')
  asset('/price-list.csv', 'text/csv')
  asset('/favicon.svg', 'image/svg+xml')

  const notFound = page(read('pages/not-found.html'))
  app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/html').send(notFound))
  return app
}

const slotsOf = (plant: Plant): Record<string, string> => ({
  slug: plant.slug,
  name: escapeHtml(plant.name),
  latin: escapeHtml(plant.latin),
  price: plant.price,
  pot: plant.pot,
  height: plant.height,
  light: plant.light,
  kinds: plant.kinds.join(' '),
  line: escapeHtml(plant.line),
  text: escapeHtml(plant.text),
  art: drawPlant(plant),
})

/** What can be tried on the page "What we notice". */
const $ = (selector) => document.querySelector(selector)

/** A widget with a shadow tree, as design systems ship them. */
customElements.define(
  'plant-dice',
  class extends HTMLElement {
    constructor() {
      super()
      const root = this.attachShadow({ mode: 'open' })
      root.innerHTML = `<link rel="stylesheet" href="/site.css">
        <button type="button" class="button quiet">Roll a plant</button> <output aria-live="polite"></output>`
      const names = ['Hart’s tongue', 'Royal fern', 'Barrenwort', 'Wild ginger', 'White foxglove']
      root.querySelector('button').addEventListener('click', () => {
        root.querySelector('output').textContent = names[Math.floor(Math.random() * names.length)]
      })
    }
  },
)

/** Pages of a router: a new address, and no page load. */
const seasons = {
  spring: 'Croziers, barrenwort in flower, and frost on three mornings.',
  summer: 'Shade is worth most now. Water once a week, and a lot.',
  autumn: 'Leaves fall where they are needed. Plant.',
}
const showSeason = () => {
  const season = location.pathname.split('/')[2] ?? 'spring'
  $('[data-season-text]').textContent = seasons[season] ?? seasons.spring
  for (const link of document.querySelectorAll('[data-season]'))
    link.ariaCurrent = link.dataset.season === season ? 'page' : null
}
for (const link of document.querySelectorAll('[data-season]'))
  link.addEventListener('click', (event) => {
    event.preventDefault()
    history.pushState(null, '', link.href)
    showSeason()
  })
addEventListener('popstate', showSeason)
showSeason()

$('#plant-bulb').addEventListener('click', () => {
  window.retrace?.('bulb planted', { plant: 'snowdrop', depthCm: 8, inPot: false })
  $('#plant-bulb').textContent = 'Planted. Another?'
})
$('#water').addEventListener('click', ({ currentTarget }) => {
  currentTarget.textContent = `Watered ${Number(currentTarget.dataset.times ?? 0) + 1} ×`
  currentTarget.dataset.times = Number(currentTarget.dataset.times ?? 0) + 1
})
$('#bell').addEventListener('click', ({ currentTarget }) => {
  currentTarget.textContent = currentTarget.textContent === 'Ding' ? 'Dong' : 'Ding'
})
$('#break').addEventListener('click', () => {
  $('#broken').hidden = false
  throw new Error('The watering can has a hole')
})
$('#ask').addEventListener('submit', (event) => {
  event.preventDefault()
  event.target.reset()
  event.target.querySelector('.thanks').hidden = false
})

/** The shop's own script: the basket (kept for as long as the tab is open), the filters, the letter. */
const storageKey = 'understory-basket'
const readBasket = () => JSON.parse(sessionStorage.getItem(storageKey) ?? '{}')
const find = (selector) => document.querySelector(selector)

/** Custom events go through the snippet, which may be blocked: the shop works without it. */
const tell = (name, props) => window.retrace?.(name, props)

const saveBasket = (basket) => {
  sessionStorage.setItem(storageKey, JSON.stringify(basket))
  showBasket(basket)
}

function showBasket(basket) {
  const lines = Object.entries(basket)
  const count = lines.reduce((sum, [, line]) => sum + line.count, 0)
  for (const badge of document.querySelectorAll('[data-basket-count]')) badge.textContent = count
  const list = find('[data-basket-lines]')
  if (!list) return
  find('[data-basket-empty]').hidden = count > 0
  find('[data-basket-full]').hidden = count === 0
  const total = lines.reduce((sum, [, line]) => sum + line.count * line.price, 0)
  find('[data-basket-total]').textContent = `£${total.toFixed(2)}`
  list.replaceChildren(
    ...lines.map(([slug, line]) => {
      const item = document.createElement('li')
      const link = Object.assign(document.createElement('a'), { href: `/plants/${slug}`, textContent: line.name })
      const price = Object.assign(document.createElement('span'), { textContent: `${line.count} × £${line.price}` })
      const remove = Object.assign(document.createElement('button'), { textContent: 'Remove', className: 'remove' })
      remove.addEventListener('click', () => {
        const { [slug]: _gone, ...rest } = readBasket()
        tell('remove from basket', { plant: slug })
        saveBasket(rest)
      })
      item.append(link, price, remove)
      return item
    }),
  )
}

let toastTimer
function toast(text) {
  const element = find('.toast')
  element.textContent = text
  element.hidden = false
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => {
    element.hidden = true
  }, 2600)
}

for (const button of document.querySelectorAll('.add'))
  button.addEventListener('click', () => {
    const { slug, name, price } = button.dataset
    const basket = readBasket()
    basket[slug] = { name, price, count: (basket[slug]?.count ?? 0) + 1 }
    saveBasket(basket)
    tell('add to basket', { plant: slug, price: Number(price) })
    toast(`${name} is in your basket`)
    const badge = find('[data-basket-count]')
    badge.classList.remove('bump')
    void badge.offsetWidth
    badge.classList.add('bump')
    button.classList.add('added')
    const label = button.textContent
    button.textContent = 'Added'
    button.disabled = true
    setTimeout(() => {
      button.classList.remove('added')
      button.textContent = label
      button.disabled = false
    }, 1200)
  })

for (const filter of document.querySelectorAll('[data-filter]'))
  filter.addEventListener('click', () => {
    for (const other of document.querySelectorAll('[data-filter]')) other.ariaPressed = String(other === filter)
    for (const card of document.querySelectorAll('.card'))
      card.hidden = !card.dataset.kinds.includes(filter.dataset.filter)
  })

find('#reserve')?.addEventListener('click', () => {
  tell('reserve', { plants: Object.keys(readBasket()).length })
  saveBasket({})
  find('[data-basket-empty]').hidden = true
  find('[data-basket-reserved]').hidden = false
})

find('#letter')?.addEventListener('submit', (event) => {
  event.preventDefault()
  tell('letter sent')
  event.target.reset()
  find('.thanks').hidden = false
})

for (const link of document.querySelectorAll('header nav a'))
  if (location.pathname.startsWith(link.pathname)) link.ariaCurrent = 'page'

showBasket(readBasket())

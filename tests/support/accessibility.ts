/**
 * What can be found wrong with a page without a person: nameless controls, ids that are there twice, text too faint for
 * WCAG AA, and content wider than the window.
 */
import type { Page } from 'playwright-core'

/** @returns a sentence for each problem */
export function findProblems(page: Page): Promise<string[]> {
  // As text, because it runs in the browser, whose types these tests do not have.
  return page.evaluate(`(${inBrowser})()`)
}

const inBrowser = `() => {
  const problems = []
  const describe = (element) => element.outerHTML.slice(0, 120)
  const textOf = (element) => element?.textContent?.trim() ?? ''
  const byIds = (ids) => (ids ?? '').split(' ').map((id) => textOf(document.getElementById(id))).join(' ').trim()
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })

  const controls = 'button, a[href], input, select, dialog[open], [role=progressbar], [role=slider], [role=tab], [role=tablist], svg[role=img]'
  for (const control of document.querySelectorAll(controls)) {
    if (!isShown(control)) continue
    const name = control.getAttribute('aria-label') || byIds(control.getAttribute('aria-labelledby')) ||
      [...(control.labels ?? [])].map(textOf).join(' ').trim() || (control.matches('dialog') ? '' : textOf(control))
    if (!name) problems.push('no name: ' + describe(control))
  }
  for (const element of document.querySelectorAll('[aria-controls], [aria-describedby], [aria-labelledby]'))
    for (const attribute of ['aria-controls', 'aria-describedby', 'aria-labelledby'])
      for (const id of (element.getAttribute(attribute) ?? '').split(' ').filter(Boolean))
        if (!document.getElementById(id)) problems.push(attribute + ' names nothing: ' + describe(element))
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) problems.push('id twice: ' + id)
  if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1')
  if (document.documentElement.scrollWidth > innerWidth) problems.push('wider than the window: ' + document.documentElement.scrollWidth)

  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const paint = (colors) => {
    canvas.clearRect(0, 0, 1, 1)
    for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1) }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.data.trim() || !isShown(element) || element.closest('.visually-hidden, svg, option, :disabled')) continue
    const layers = []
    for (let at = element; at; at = at.parentElement) layers.unshift(getComputedStyle(at).backgroundColor)
    const color = getComputedStyle(element).color
    const [light, dark] = [luminance(paint(layers)), luminance(paint([...layers, color]))].sort((a, b) => b - a)
    const contrast = (light + 0.05) / (dark + 0.05)
    if (contrast < 4.5) problems.push('contrast ' + contrast.toFixed(2) + ': ' + describe(element))
  }
  return problems
}`

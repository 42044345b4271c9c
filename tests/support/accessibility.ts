/**
 * What can be found wrong with a page without a person: all that axe-core finds, its good practices included, and what
 * it does not look at: names that go away with the first letter, windows and tabs without one, ids that are there
 * twice or name nothing, second titles, content wider than the window, and text of which it cannot tell the ground.
 */
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { eventually } from './eventually.ts'

/** @returns a sentence for each problem */
export async function findProblems(page: Page): Promise<string[]> {
  // As text, because it runs in the browser, whose types these tests do not have. A driver's text is under no policy:
  // the page keeps its own.
  await page.evaluate(axe.source)
  // While something fades in or is asked for anew it is dimmed on purpose; nobody is to read it then.
  await eventually(() => page.evaluate<boolean>(isAtRest))
  return page.evaluate<string[]>(`(${inBrowser})()`)
}

const isAtRest = `!document.querySelector('[data-stale="true"], [aria-busy="true"]') &&
  document.getAnimations().every(({ playState, effect }) => playState !== 'running' || effect.getTiming().iterations === Infinity)`

const inBrowser = `async () => {
  const describe = (element) => element.outerHTML.slice(0, 120)
  const { violations, incomplete } = await axe.run({ elementRef: true, resultTypes: ['violations', 'incomplete'] })
  const problems = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ element, any, all, none }) => id + ': ' + describe(element) + ' ' + ([...any, ...all, ...none][0]?.message ?? '')))

  const textOf = (element) => element?.textContent?.trim() ?? ''
  const byIds = (ids) => (ids ?? '').split(' ').map((id) => textOf(document.getElementById(id))).join(' ').trim()
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  // axe takes a placeholder for a name, and asks no name of a dialog element, a tab, or what holds tabs.
  for (const control of document.querySelectorAll('input[placeholder], dialog[open], [role=tab], [role=tablist]')) {
    if (!isShown(control)) continue
    const name = control.getAttribute('aria-label') || byIds(control.getAttribute('aria-labelledby')) ||
      [...(control.labels ?? [])].map(textOf).join(' ').trim() || (control.matches('[role=tab]') ? textOf(control) : '')
    if (!name) problems.push('no name: ' + describe(control))
  }
  for (const element of document.querySelectorAll('[aria-controls], [aria-describedby], [aria-labelledby]'))
    for (const attribute of ['aria-controls', 'aria-describedby', 'aria-labelledby'])
      for (const id of (element.getAttribute(attribute) ?? '').split(' ').filter(Boolean))
        if (!document.getElementById(id)) problems.push(attribute + ' names nothing: ' + describe(element))
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) problems.push('id twice: ' + id)
  if (document.querySelectorAll('h1').length > 1) problems.push('more than one h1')
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
  // Where something lies over or under the text, what its ancestors are painted with is taken for its ground.
  const undecided = incomplete.filter(({ id }) => id === 'color-contrast').flatMap(({ nodes }) => nodes)
  for (const { element } of undecided) {
    if (!isShown(element) || element.closest('.visually-hidden, svg, option, :disabled')) continue
    const layers = []
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) layers.unshift(getComputedStyle(at).backgroundColor)
    const color = getComputedStyle(element).color
    const [light, dark] = [luminance(paint(layers)), luminance(paint([...layers, color]))].sort((a, b) => b - a)
    const contrast = (light + 0.05) / (dark + 0.05)
    if (contrast < 4.5) problems.push('contrast ' + contrast.toFixed(2) + ': ' + describe(element))
  }
  return problems
}`

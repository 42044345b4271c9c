/** Names that frameworks make up at build or run time have digits in them, or begin with something else. */
const stableName = /^[a-z_-]+\d?$/i

/**
 * A short selector that stays the same from visit to visit: up to the nearest id, four levels at most, with the
 * position among siblings of its kind from the second on. In a shadow tree it goes on with the host.
 */
export const selectorOf = (element: Element, levels = 4): string => {
  const { id, localName } = element
  if (stableName.test(id)) return `#${id}`
  const name = [...element.classList].find((className) => stableName.test(className))
  const parent = element.parentElement || (element.parentNode as ShadowRoot).host
  const alike = [...(element.parentNode as Element).children].filter((sibling) => sibling.localName === localName)
  const position = alike.indexOf(element)
  return (
    (parent && levels > 1 ? `${selectorOf(parent, levels - 1)}>` : '') +
    localName +
    (name ? `.${name}` : '') +
    (position ? `:nth-of-type(${position + 1})` : '')
  )
}

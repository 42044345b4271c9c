/** Names that frameworks make up at build or run time have digits in them, or begin with something else. */
const stableName = /^[a-z_-]+\d?$/i

/**
 * A short selector that stays the same from visit to visit: up to the nearest id, four levels at most, with the
 * position among siblings of its kind from the second on. In a shadow tree it goes on with the host.
 */
export const selectorOf = (element: Element, parents = 3): string => {
  const { id, localName } = element
  // What the linter would have otherwise is longer, here and below.
  // biome-ignore lint/style/useTemplate: as above
  if (stableName.test(id)) return '#' + id
  const parent = element.parentElement || (element.parentNode as ShadowRoot).host
  // biome-ignore lint/style/useTemplate: as above
  let selector = (parent && parents ? selectorOf(parent, parents - 1) + '>' : '') + localName
  for (const name of element.classList)
    if (stableName.test(name)) {
      // biome-ignore lint/style/useTemplate: as above
      selector += '.' + name
      break
    }
  let position = 1
  // biome-ignore lint/suspicious/noAssignInExpressions: as above
  while ((element = element.previousElementSibling as Element))
    position += (element.localName === localName) as unknown as number
  // biome-ignore lint/style/useTemplate: as above
  return position > 1 ? selector + ':nth-of-type(' + position + ')' : selector
}

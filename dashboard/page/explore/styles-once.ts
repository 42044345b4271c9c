/**
 * Styles that come with a page, so that the first one need not load them: a constructed sheet, which the policy allows.
 *
 * @returns adds them, unless they are there
 */
export function stylesOnce(css: string): () => void {
  let isThere = false
  return () => {
    if (isThere) return
    isThere = true
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  }
}

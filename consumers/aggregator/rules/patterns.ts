/**
 * Patterns of rules. They meet texts that strangers write (a user agent, an address), so there are no regular
 * expressions in them: whatever a pattern is and whatever it meets, looking takes time in proportion to the two.
 */

/** Whether a text matches: a pure function, which never throws. */
export type Matches = (text: string) => boolean

/**
 * A pattern of user agents, whatever the case of letters: a part of the text, where `*` stands for anything between
 * two parts; `^` before it holds it to the beginning, `$` behind it to the end.
 */
export function userAgentMatcher(pattern: string): Matches {
  const atStart = pattern.startsWith('^')
  const atEnd = pattern.endsWith('$')
  const parts = pattern
    .slice(atStart ? 1 : 0, atEnd ? -1 : undefined)
    .toLowerCase()
    .split('*')
  const last = parts.length - 1
  return (userAgent) => {
    const text = userAgent.toLowerCase()
    let from = 0
    // Of each part the earliest place: what fits behind a later one, fits behind it too.
    for (const [i, part] of parts.entries()) {
      const isLast = i === last && atEnd
      const place = isLast ? Math.max(from, text.length - part.length) : text.indexOf(part, from)
      if (place < 0 || !text.startsWith(part, place) || (i === 0 && atStart && place > 0)) return false
      from = place + part.length
    }
    return !atEnd || from === text.length
  }
}

/** Hosts by name; `*.example.org` is any host below example.org. */
export function hostMatcher(hosts: readonly string[]): Matches {
  const names = new Set(hosts.filter((host) => !host.startsWith('*')))
  const endings = hosts.filter((host) => host.startsWith('*')).map((host) => host.slice(1))
  return (host) => names.has(host) || endings.some((ending) => host.endsWith(ending) && host.length > ending.length)
}

/**
 * @param match a page: `*` stands for anything but a slash, at most once between two of them; `**` at the end for all
 *   that follows
 * @returns what `**` stands for in a page that matches, '' without it; undefined for other pages
 */
export function pageMatcher(match: string): (page: string) => string | undefined {
  if (!match.includes('*')) return (page) => (page === match ? '' : undefined)
  const isOpen = match.endsWith('**')
  const steps = (isOpen ? match.slice(0, -2) : match).split('/').map(stepMatcher)
  return (page) => {
    let from = 0
    for (const [i, matches] of steps.entries()) {
      const isLast = i === steps.length - 1
      if (isLast && isOpen)
        return page.startsWith(matches.text, from) ? page.slice(from + matches.text.length) : undefined
      const slash = page.indexOf('/', from)
      if (isLast !== (slash === -1)) return undefined
      if (!matches.step(page.slice(from, isLast ? undefined : slash))) return undefined
      from = slash + 1
    }
    return ''
  }
}

/** What stands between two slashes: a text, or one with a `*` in it that stands for a character at least. */
function stepMatcher(pattern: string): { text: string; step: Matches } {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return { text: pattern, step: (step) => step === pattern }
  return {
    text: pattern,
    step: (step) => step.length > before.length + after.length && step.startsWith(before) && step.endsWith(after),
  }
}

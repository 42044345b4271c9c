/**
 * The tag of a request: what a page says of whoever sends it (`data-tag="office"`), so that rules can leave one's own
 * people out. It is one word of the site owner's choice for many people, and says nothing that the page did not.
 */

/** Printable: no controls, no line breaks, no half of a character. */
export const tagPattern = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,64}$/u
export const tagHelp = 'must be a text of 1 to 64 printable characters'

/** `tag` where it says something, `isBad` where it says what none may be: then there is none. */
export type ReadTag = { tag: string | undefined; isBad: boolean }

const none: ReadTag = { tag: undefined, isBad: false }
const bad: ReadTag = { tag: undefined, isBad: true }

/** A tag that is no good is no reason to lose the events that came with it. */
export function readTag(value: unknown): ReadTag {
  if (value === undefined || value === null) return none
  return typeof value === 'string' && tagPattern.test(value) ? { tag: value, isBad: false } : bad
}

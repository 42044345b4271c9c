/** E-mail addresses that mails are sent to: the plain form alone, so that none can bring headers or recipients of its own. */

/** RFC 5321 has no longer ones. */
export const maxAddressLength = 254

/** Dot-atoms of RFC 5322 before the @, a host name behind it: no quotes, comments, display names, lists or control characters. */
const plainAddress =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i

/** @returns the address in lower case; undefined when it is none that is sent to */
export function plainAddressOf(text: string): string | undefined {
  const trimmed = text.trim()
  const [local = ''] = trimmed.split('@')
  return trimmed.length <= maxAddressLength && local.length <= 64 && plainAddress.test(trimmed)
    ? trimmed.toLowerCase()
    : undefined
}

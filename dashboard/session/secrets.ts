/**
 * Secrets that are made here and told once: invitations, resets, tokens, shared links. 256 random bits cannot be guessed,
 * so a plain SHA-256 keeps them as well as a slow hash would, and whoever reads the table can use none of them.
 */
import { createHash, randomBytes } from 'node:crypto'

const secretBytes = 32

export type Secret = {
  text: string
  /** What is stored in its place; it stands in addresses too, as the name of what the secret opens. */
  id: string
}

/** Whoever finds such a text in a repository or a log knows what it is, and so do programs that look for them. */
export const tokenPrefix = 'retrace_'

export function newSecret(prefix = ''): Secret {
  const text = prefix + randomBytes(secretBytes).toString('base64url')
  return { text, id: secretId(text) }
}

/** @param text whatever somebody sent */
export function secretId(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

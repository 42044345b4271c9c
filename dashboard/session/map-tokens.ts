/**
 * What opens the click map on a live page: a token that says which figures it is good for, where, and until when, and a
 * signature by a key made from the administrator's token. Nothing is stored. Its content can be read by whoever has it (the
 * overlay finds the dashboard's address in it) and changed by nobody (docs/decisions/0029).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Long enough for a page that loads slowly, and to look again. */
export const mapTokenMs = 10 * 60_000

export type MapGrant = {
  site: string
  /** The question, as `/api/sites/{site}/clickmap` takes it. */
  query: Readonly<Record<string, unknown>>
  /** Of the page that it is opened on. */
  origin: string
  /** Where the overlay asks. */
  api: string
}

export type MapTokens = {
  issue(grant: MapGrant, now: number): { token: string; until: number }
  /** @returns undefined for what was not issued here, or is over */
  read(token: string, now: number): MapGrant | undefined
}

export function createMapTokens(adminToken: string): MapTokens {
  const key = createHmac('sha256', adminToken).update('retrace click map, version 1').digest()
  const sign = (content: string) => createHmac('sha256', key).update(content).digest('base64url')
  return {
    issue(grant, now) {
      const until = now + mapTokenMs
      const content = Buffer.from(JSON.stringify({ ...grant, until })).toString('base64url')
      return { token: `${content}.${sign(content)}`, until }
    },
    read(token, now) {
      const [content = '', signature = ''] = token.split('.')
      if (!timingSafeEqual(digest(signature), digest(sign(content)))) return undefined
      // It has our signature: it is what `issue` wrote.
      const { until, ...grant } = JSON.parse(Buffer.from(content, 'base64url').toString()) as MapGrant & {
        until: number
      }
      return until > now ? grant : undefined
    },
  }
}

/** Texts of any length as 32 bytes, so that comparing them takes the same time whatever they are. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

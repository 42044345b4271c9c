/**
 * What somebody may do, and whether that is enough. Pure: who is asking is found out elsewhere (credentials.ts), and what
 * a route needs stands in permissions.ts.
 */
import { pipelineSite } from '../../stream/tables.ts'
import { type Role, roles, type SessionAnswer } from '../answers.ts'
import type { Permission } from './permissions.ts'

export type Access = SessionAnswer & {
  /** At every site, those to come included. */
  everywhere: Role | undefined
  /** A map, because a site may be called `constructor`. */
  sites: ReadonlyMap<string, Role>
}

export const administratorAccess: Access = {
  by: 'administrator',
  name: 'administrator',
  administrator: true,
  everywhere: 'owner',
  sites: new Map(),
}

/** What is asked for, as far as it decides who may ask. */
export type Question = {
  /** The site in the address. */
  site: string | undefined
  /** Whether it is about a generation that need not be published. */
  generation: boolean
}

export type Judgement = 'allowed' | 'not_signed_in' | 'unknown_site' | 'not_allowed'

/** The best role at a site. */
export function roleAt(site: string, accesses: readonly Access[]): Role | undefined {
  const held = accesses.flatMap(({ everywhere, sites }) => [everywhere, sites.get(site)])
  return roles.findLast((role) => held.includes(role))
}

/**
 * @param accesses of whoever asks: one for each credential that is good; none for a stranger
 * @returns `unknown_site` to who has no role there: whether there is such a site is nobody else's business
 */
export function judge(permission: Permission, accesses: readonly Access[], { site, generation }: Question): Judgement {
  if (permission === 'public' || permission === 'mailed-link') return 'allowed'
  if (accesses.length === 0) return 'not_signed_in'
  const administrator = accesses.some((access) => access.administrator)
  switch (permission) {
    case 'signed-in':
    case 'page':
      return 'allowed'
    case 'member':
      return accesses.some(({ by }) => by === 'member') ? 'allowed' : 'not_allowed'
    case 'administrator':
    case 'administrator-page':
      return administrator ? 'allowed' : 'not_allowed'
    default: {
      // The pipeline is watched like a site, and is whose who run Retrace.
      const mayKnow = site !== undefined && (site !== pipelineSite || administrator)
      const role = mayKnow ? roleAt(site, accesses) : undefined
      if (role === undefined) return 'unknown_site'
      // Nobody but who decides on replays sees their figures before they are published.
      if (generation && !administrator) return 'not_allowed'
      return roles.indexOf(role) >= roles.indexOf(permission) ? 'allowed' : 'not_allowed'
    }
  }
}

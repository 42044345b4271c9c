/** One-time links by which members choose a new password (table `access`, kind `reset`, by the hash of the link's secret). */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createEntryStore, type EntryStore, numberOf, textOf, toSeconds } from './access-entries.ts'
import type { Member } from './members.ts'

export type Reset = {
  id: string
  /** Where it was made. */
  site: string
  email: string
  /** Of the password that is forgotten: with another one there is nothing to mend. */
  epoch: string
  /** All that the member had when it was made: whoever made it owns them. Undefined: they own every site. */
  sites: readonly string[] | undefined
  createdAt: number
  expiresAt: number
}

/** Not once the member has another password, or a role that whoever made the link had no say in. */
export function isOfUse({ epoch, sites }: Reset, member: Pick<Member, 'epoch' | 'roles'> | undefined): boolean {
  if (member?.epoch !== epoch) return false
  return sites === undefined || [...member.roles.keys()].every((site) => sites.includes(site))
}

/** To remove one is to use it up, or to revoke it. */
export type ResetStore = EntryStore<Reset>

export function createResetStore(client: DynamoDBClient, table: string): ResetStore {
  return createEntryStore<Reset>(client, table, {
    kind: 'reset',
    toAttributes: ({ site, email, epoch, sites, createdAt, expiresAt }) => ({
      site: { S: site },
      email: { S: email },
      epoch: { S: epoch },
      ...(sites && { sites: { SS: [...sites] } }),
      createdAt: { N: String(createdAt) },
      expiresAt: toSeconds(expiresAt),
    }),
    fromItem: (item) => ({
      id: textOf(item, 'name'),
      site: textOf(item, 'site'),
      email: textOf(item, 'email'),
      epoch: textOf(item, 'epoch'),
      sites: item.sites?.SS,
      createdAt: numberOf(item, 'createdAt') ?? 0,
      expiresAt: (numberOf(item, 'expiresAt') ?? 0) * 1000,
    }),
  })
}

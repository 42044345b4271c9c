/** Shared links to the figures of one site (table `access`, kind `link`, by the hash of the link's secret). */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createEntryStore, type EntryStore, numberOf, textOf, toSeconds } from './access-entries.ts'

export type Link = {
  id: string
  name: string
  site: string
  /** As session/passwords.ts writes it; undefined: whoever has the link may look. */
  password: string | undefined
  createdBy: string
  createdAt: number
  /** Undefined: until it is revoked. */
  expiresAt: number | undefined
}

export type LinkStore = EntryStore<Link>

export function createLinkStore(client: DynamoDBClient, table: string): LinkStore {
  return createEntryStore<Link>(client, table, {
    kind: 'link',
    toAttributes: ({ name, site, password, createdBy, createdAt, expiresAt }) => ({
      label: { S: name },
      site: { S: site },
      ...(password !== undefined && { password: { S: password } }),
      createdBy: { S: createdBy },
      createdAt: { N: String(createdAt) },
      ...(expiresAt !== undefined && { expiresAt: toSeconds(expiresAt) }),
    }),
    fromItem(item) {
      const expires = numberOf(item, 'expiresAt')
      return {
        id: textOf(item, 'name'),
        name: textOf(item, 'label'),
        site: textOf(item, 'site'),
        password: item.password?.S,
        createdBy: textOf(item, 'createdBy'),
        createdAt: numberOf(item, 'createdAt') ?? 0,
        expiresAt: expires === undefined ? undefined : expires * 1000,
      }
    },
  })
}

/** One-time links by which people become members (table `access`, kind `invitation`, by the hash of the link's secret). */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Role } from '../answers.ts'
import { createEntryStore, type EntryStore, numberOf, textOf, toSeconds } from './access-entries.ts'

export type Invitation = {
  id: string
  site: string
  email: string
  role: Role
  createdAt: number
  expiresAt: number
}

/** To remove one is to use it up, or to revoke it. */
export type InvitationStore = EntryStore<Invitation>

export function createInvitationStore(client: DynamoDBClient, table: string): InvitationStore {
  return createEntryStore<Invitation>(client, table, {
    kind: 'invitation',
    toAttributes: ({ site, email, role, createdAt, expiresAt }) => ({
      site: { S: site },
      email: { S: email },
      role: { S: role },
      createdAt: { N: String(createdAt) },
      expiresAt: toSeconds(expiresAt),
    }),
    fromItem: (item) => ({
      id: textOf(item, 'name'),
      site: textOf(item, 'site'),
      email: textOf(item, 'email'),
      role: textOf(item, 'role') as Role,
      createdAt: numberOf(item, 'createdAt') ?? 0,
      expiresAt: (numberOf(item, 'expiresAt') ?? 0) * 1000,
    }),
  })
}

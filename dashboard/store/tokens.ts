/** Tokens for programs (table `access`, kind `token`, by the hash of the token). */
import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { TokenRole } from '../answers.ts'
import { createEntryStore, type EntryStore, entryKey, happens, numberOf, textOf } from './access-entries.ts'

export type Token = {
  id: string
  name: string
  /** Undefined: of the installation, so of every site. */
  site: string | undefined
  role: TokenRole
  createdBy: string
  createdAt: number
  /** To the minute. */
  usedAt: number | undefined
}

export type TokenStore = Pick<EntryStore<Token>, 'find' | 'add'> & {
  /** Those of a site, or of the installation; the oldest first. */
  list(site: string | undefined): Promise<Token[]>
  /** Notes that it was used; nothing when it was revoked meanwhile. */
  used(id: string, at: number): Promise<void>
  /** False when there is none, or it is of another site: nothing is changed then. */
  remove(id: string, site: string | undefined): Promise<boolean>
}

const kind = 'token'
/** In place of a site's name, which has no such character. */
const installation = '*'
const isToken = 'attribute_exists(#name)'

export function createTokenStore(client: DynamoDBClient, table: string): TokenStore {
  const tokens = createEntryStore<Token>(client, table, {
    kind,
    toAttributes: ({ name, site = installation, role, createdBy, createdAt }) => ({
      label: { S: name },
      site: { S: site },
      role: { S: role },
      createdBy: { S: createdBy },
      createdAt: { N: String(createdAt) },
    }),
    fromItem: (item) => ({
      id: textOf(item, 'name'),
      name: textOf(item, 'label'),
      site: textOf(item, 'site') === installation ? undefined : textOf(item, 'site'),
      role: textOf(item, 'role') as TokenRole,
      createdBy: textOf(item, 'createdBy'),
      createdAt: numberOf(item, 'createdAt') ?? 0,
      usedAt: numberOf(item, 'usedAt'),
    }),
  })
  return {
    ...tokens,
    list: (site = installation) => tokens.list(site),
    remove: (id, site = installation) => tokens.remove(id, site),

    async used(id, at) {
      await happens(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: entryKey(kind, id),
            UpdateExpression: 'SET usedAt = :at',
            ConditionExpression: isToken,
            ExpressionAttributeNames: { '#name': 'name' },
            ExpressionAttributeValues: { ':at': { N: String(at) } },
          }),
        ),
      )
    },
  }
}

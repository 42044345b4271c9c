/**
 * People with a password (table `access`, kind `member`, by e-mail address), and their role at each site. Roles are
 * entries of a map, and each is written by itself: two owners of two sites do not get in each other's way.
 *
 *     add ──▶ member ──grant, revoke, setPassword──▶ member ──the last role is revoked──▶ gone
 */
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Role } from '../answers.ts'
import { type Attributes, entryKey, happens } from './access-entries.ts'

export type Member = {
  /** In lower case. */
  email: string
  /** By site. */
  roles: ReadonlyMap<string, Role>
  /** As session/passwords.ts writes it. */
  password: string
  /** Sessions name it, and end when it changes. */
  epoch: string
  createdAt: number
}

export type MemberStore = {
  find(email: string): Promise<Member | undefined>
  /** Who has a role at the site, by e-mail address. */
  list(site: string): Promise<Member[]>
  /** False when there is a member of this address: nothing is changed then. */
  add(member: Member): Promise<boolean>
  /** Gives a role at a site, in place of what there was. False when there is no such member. */
  grant(email: string, site: string, role: Role): Promise<boolean>
  /** The same for who has a role there already. */
  changeRole(email: string, site: string, role: Role): Promise<boolean>
  /** Takes the role at a site away, and the member with the last one. False when there was none. */
  revoke(email: string, site: string): Promise<boolean>
  /** @param seen epoch of the password that was checked. False when it has changed since */
  setPassword(email: string, password: string, epoch: string, seen: string): Promise<boolean>
}

const kind = 'member'
const names = { '#name': 'name', '#roles': 'roles' }
const isNewMember = 'attribute_not_exists(#name)'
const isMember = 'attribute_exists(#name)'
const hasRole = 'attribute_exists(#roles.#site)'
const hasNoRole = 'size(#roles) = :none'
const hasEpoch = '#epoch = :seen'

export function createMemberStore(client: DynamoDBClient, table: string): MemberStore {
  const keyOf = (email: string) => entryKey(kind, email)

  async function update(email: string, change: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>): Promise<boolean> {
    return happens(client.send(new UpdateItemCommand({ TableName: table, Key: keyOf(email), ...change })))
  }

  const setRole = (email: string, site: string, role: Role, condition: string, extraNames: object) =>
    update(email, {
      UpdateExpression: 'SET #roles.#site = :role',
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#roles': 'roles', '#site': site, ...extraNames },
      ExpressionAttributeValues: { ':role': { S: role } },
    })

  return {
    async find(email) {
      const query = new GetItemCommand({ TableName: table, Key: keyOf(email), ConsistentRead: true })
      const { Item } = await client.send(query)
      return Item && fromItem(Item)
    },

    async list(site) {
      const query = {
        TableName: table,
        KeyConditionExpression: 'kind = :kind',
        FilterExpression: hasRole,
        ExpressionAttributeNames: { '#roles': 'roles', '#site': site },
        ExpressionAttributeValues: { ':kind': { S: kind } },
        ConsistentRead: true,
      }
      const members: Member[] = []
      for await (const { Items = [] } of paginateQuery({ client }, query)) members.push(...Items.map(fromItem))
      return members
    },

    add: (member) =>
      happens(
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: toItem(member),
            ConditionExpression: isNewMember,
            ExpressionAttributeNames: { '#name': 'name' },
          }),
        ),
      ),

    grant: (email, site, role) => setRole(email, site, role, isMember, { '#name': 'name' }),
    changeRole: (email, site, role) => setRole(email, site, role, hasRole, {}),

    async revoke(email, site) {
      const revoked = await update(email, {
        UpdateExpression: 'REMOVE #roles.#site',
        ConditionExpression: hasRole,
        ExpressionAttributeNames: { '#roles': 'roles', '#site': site },
      })
      if (!revoked) return false
      // Unless somebody gave another role meanwhile.
      const isLast = { ConditionExpression: `${isMember} AND ${hasNoRole}`, ExpressionAttributeNames: names }
      const none = { ':none': { N: '0' } }
      await happens(
        client.send(
          new DeleteItemCommand({ TableName: table, Key: keyOf(email), ...isLast, ExpressionAttributeValues: none }),
        ),
      )
      return true
    },

    setPassword: (email, password, epoch, seen) =>
      update(email, {
        UpdateExpression: 'SET #password = :password, #epoch = :epoch',
        ConditionExpression: hasEpoch,
        ExpressionAttributeNames: { '#password': 'password', '#epoch': 'epoch' },
        ExpressionAttributeValues: { ':password': { S: password }, ':epoch': { S: epoch }, ':seen': { S: seen } },
      }),
  }
}

function toItem({ email, roles, password, epoch, createdAt }: Member): Attributes {
  const map = Object.fromEntries([...roles].map(([site, role]) => [site, { S: role }]))
  return {
    kind: { S: kind },
    name: { S: email },
    roles: { M: map },
    password: { S: password },
    epoch: { S: epoch },
    createdAt: { N: String(createdAt) },
  }
}

function fromItem(item: Attributes): Member {
  const roles = Object.entries(item.roles?.M ?? {}).map(([site, role]) => [site, role.S as Role] as const)
  return {
    email: item.name?.S ?? '',
    roles: new Map(roles),
    password: item.password?.S ?? '',
    epoch: item.epoch?.S ?? '',
    createdAt: Number(item.createdAt?.N ?? 0),
  }
}

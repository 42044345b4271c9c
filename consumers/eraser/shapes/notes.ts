/**
 * Notes at the chart of a site (table `control`, kind `note`): what people wrote there, erased with the site.
 *
 *     shop#20261123-0011223344556677          a day of the site
 *     shop#20261123T1020Z-8899aabbccddeeff    a minute
 *
 * What stands behind the site is the note's `id`, and sorts by time: a period is a range of them. Attributes that a reader
 * does not know are none of its business.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb'
import { inParallel } from '../../runtime/exactly-once.ts'

export type Note = {
  id: string
  /** A day in the site's time zone (`2026-11-23`), or a minute of UTC (`2026-11-23T10:20Z`). */
  time: string
  text: string
}

export type NoteStore = {
  /**
   * Those of some days, by time.
   *
   * @param firstDay as `lastDay`, which is included, a date of UTC; a day of the site may be an hour more or less of it, so
   *   who wants to be exact asks for a day more on either side
   */
  list(site: string, firstDay: string, lastDay: string): Promise<Note[]>
  /** How many a site has. */
  count(site: string): Promise<number>
  /** @param id chosen by `noteId` */
  add(site: string, note: Note): Promise<void>
  /** @returns false when there is none of this id at this site */
  remove(site: string, id: string): Promise<boolean>
  /** All of a site. May be repeated. */
  eraseSite(site: string): Promise<void>
}

export const noteKind = 'note'

const isThere = 'attribute_exists(kind)'
/** Sorts behind everything that an id is made of. */
const last = '~'

/** @param random 16 hex digits: a second may be written of the same minute */
export function noteId(time: string, random: string): string {
  return `${compact(time)}-${random}`
}

export function createNoteStore(client: DynamoDBClient, table: string): NoteStore {
  const pagesBetween = (from: string, to: string) =>
    paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'kind = :kind AND #name BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#name': 'name' },
        ExpressionAttributeValues: { ':kind': { S: noteKind }, ':from': { S: from }, ':to': { S: to } },
        // Whoever has written one looks for it next.
        ConsistentRead: true,
      },
    )

  async function namesOf(site: string): Promise<string[]> {
    const names: string[] = []
    for await (const { Items = [] } of pagesBetween(`${site}#`, `${site}#${last}`))
      names.push(...Items.map(({ name }) => name?.S ?? ''))
    return names
  }

  return {
    async list(site, firstDay, lastDay) {
      const notes: Note[] = []
      for await (const { Items = [] } of pagesBetween(
        `${site}#${compact(firstDay)}`,
        `${site}#${compact(lastDay)}${last}`,
      ))
        notes.push(...Items.map((item) => noteFromItem(site, item)))
      return notes
    },

    count: async (site) => (await namesOf(site)).length,

    async add(site, note) {
      await client.send(new PutItemCommand({ TableName: table, Item: noteToItem(site, note) }))
    },

    async remove(site, id) {
      try {
        const Key = noteKey(`${site}#${id}`)
        await client.send(new DeleteItemCommand({ TableName: table, Key, ConditionExpression: isThere }))
        return true
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false
        throw error
      }
    },

    async eraseSite(site) {
      await inParallel(await namesOf(site), async (name) => {
        await client.send(new DeleteItemCommand({ TableName: table, Key: noteKey(name) }))
      })
    },
  }
}

function compact(time: string): string {
  return time.replace(/[-:]/g, '')
}

function noteKey(name: string): Record<'kind' | 'name', AttributeValue> {
  return { kind: { S: noteKind }, name: { S: name } }
}

function noteToItem(site: string, { id, time, text }: Note): Record<string, AttributeValue> {
  return { ...noteKey(`${site}#${id}`), time: { S: time }, text: { S: text } }
}

function noteFromItem(site: string, { name, time, text }: Record<string, AttributeValue>): Note {
  return { id: (name?.S ?? '').slice(`${site}#`.length), time: time?.S ?? '', text: text?.S ?? '' }
}

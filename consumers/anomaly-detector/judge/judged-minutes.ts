/**
 * Minutes of a site as the judge sees them (table `minutes`): what the shards counted, until somebody closes the minute by
 * storing their sum. The first to do so decides what the minute was, for good: whoever judges it, and however often, goes
 * by the same figures.
 *
 *     site      S  partition key
 *     minute    S  sort key, `2026-11-23T06:15#judged`
 *     figures   B  JSON in zstd: `SavedFigures` (watch/figures.ts)
 *     expiresAt N  epoch seconds
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { packed, unpacked } from '../../../stream/packed.ts'
import { expiry, minuteFrom, minuteText } from '../minutes.ts'
import { addFigures, figuresFromJson, figuresToJson, type MinuteFigures, noFigures } from '../watch/figures.ts'

/** Minutes by their start. */
export type FoundMinutes<Figures> = {
  /** Closed ones. */
  judged: Map<number, Figures>
  /** What shards have counted, added up. */
  counted: Map<number, Figures>
}

/** What minutes hold, and how it is stored. */
export type MinuteCodec<Figures> = {
  none: () => Figures
  /** @param into is altered */
  add: (into: Figures, other: Figures) => void
  toJson: (figures: Figures) => unknown
  fromJson: (json: unknown) => Figures
}

export const siteMinutes: MinuteCodec<MinuteFigures> = {
  none: noFigures,
  add: addFigures,
  toJson: figuresToJson,
  fromJson: (json) => figuresFromJson(json as Parameters<typeof figuresFromJson>[0]),
}

export type JudgedMinutes<Figures> = {
  /** Start of the earliest minute from a time on of which anything is stored. */
  first(site: string, from: number): Promise<number | undefined>
  /** Minutes from `from` to before `to`. */
  read(site: string, from: number, to: number): Promise<FoundMinutes<Figures>>
  /** @returns the figures that hold: these, or those that somebody stored first */
  close(site: string, minute: number, figures: Figures): Promise<Figures>
}

const closed = 'judged'
const isOpen = 'attribute_not_exists(#minute)'
const range = 'site = :site AND #minute BETWEEN :from AND :to'
/** Behind all minutes. */
const lastMinute = '9'

export function createJudgedMinutes<Figures>(
  client: DynamoDBClient,
  table: string,
  codec: MinuteCodec<Figures>,
): JudgedMinutes<Figures> {
  const keyOf = (site: string, minute: number) => ({
    site: { S: site },
    minute: { S: `${minuteText(minute)}#${closed}` },
  })
  const between = (site: string, from: string, to: string) => ({
    TableName: table,
    KeyConditionExpression: range,
    ExpressionAttributeNames: { '#minute': 'minute' },
    ExpressionAttributeValues: { ':site': { S: site }, ':from': { S: from }, ':to': { S: to } },
    ConsistentRead: true,
  })

  return {
    async first(site, from) {
      const query = { ...between(site, minuteText(from), lastMinute), Limit: 1 }
      const { Items: [item] = [] } = await client.send(new QueryCommand(query))
      return item?.minute?.S === undefined ? undefined : minuteFrom(item.minute.S)
    },

    async read(site, from, to) {
      const found: FoundMinutes<Figures> = { judged: new Map(), counted: new Map() }
      // Every key of minute `to` goes on after this text and so sorts behind it.
      const query = between(site, minuteText(from), minuteText(to))
      // In the order of the shards, so that sums are the same whoever adds up.
      for await (const { Items = [] } of paginateQuery({ client }, query))
        for (const item of Items) take(codec, found, item)
      return found
    },

    async close(site, minute, figures) {
      const Key = keyOf(site, minute)
      const Item = { ...Key, figures: packed(codec.toJson(figures)), expiresAt: expiry(minute) }
      const condition = { ConditionExpression: isOpen, ExpressionAttributeNames: { '#minute': 'minute' } }
      try {
        await client.send(new PutItemCommand({ TableName: table, Item, ...condition }))
        return figures
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error
      }
      const { Item: stored } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
      if (!stored?.figures?.B) throw new Error(`${site}: the minute ${minuteText(minute)} was closed and is gone`)
      return codec.fromJson(unpacked(stored.figures))
    },
  }
}

function take<Figures>(
  codec: MinuteCodec<Figures>,
  { judged, counted }: FoundMinutes<Figures>,
  item: Record<string, AttributeValue>,
): void {
  const key = item.minute?.S ?? ''
  if (!item.figures?.B) return
  const figures = codec.fromJson(unpacked(item.figures))
  const minute = minuteFrom(key)
  if (key.endsWith(`#${closed}`)) {
    judged.set(minute, figures)
    return
  }
  const sum = counted.get(minute) ?? codec.none()
  counted.set(minute, sum)
  codec.add(sum, figures)
}

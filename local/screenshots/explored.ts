/** A second site for the pictures of Explore: with an archive behind its figures, visitors who come back, goals, a funnel. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { granularityMs } from '../../consumers/aggregator/shapes/cell-key.ts'
import { consumerEnvironment } from '../../consumers/runtime/process.ts'
import { siteToItem } from '../../stream/site.ts'
import type { Stack } from '../bench-dashboard/stack.ts'
import { fillPast } from '../bench-facts/fill.ts'
import { poster } from './poster.ts'

export const exploredSite = 'orchard.example'
const events = 40_000
const weeks = 8
const rememberedWeeks = 12

/** Days that are over: what they are made of does not change between two pictures. */
export async function storeExplored({ client, settings, address }: Stack, now: number): Promise<void> {
  const to = Math.floor(now / granularityMs.day) * granularityMs.day
  const from = to - weeks * 7 * granularityMs.day
  const item = siteToItem({
    site: exploredSite,
    name: exploredSite,
    origins: [],
    timeZone: 'UTC',
    queryParams: [],
    strict: false,
    network: false,
    createdAt: from,
    rememberedWeeks,
    rememberedFrom: from,
  })
  await client.send(new PutItemCommand({ TableName: `${settings.RETRACE_TABLE_PREFIX}sites`, Item: item }))
  const post = poster(address, exploredSite)
  await post('goals', { name: 'Added to basket', step: 'target:Add to basket', value: 25, currency: 'EUR' })
  await post('goals', { name: 'Asked for contact', step: 'target:Contact' })
  await post('funnels', {
    name: 'From reading to the basket',
    steps: ['page~article', 'target:Read more', 'target:Add to basket'],
    within: 'visit',
  })
  await fillPast(consumerEnvironment(process.env), { site: exploredSite, events, from, to, seed: 3, rememberedWeeks })
}

/**
 * Which generation of each arrival segment counts: an ordered list of what was published. For a segment of a site the
 * last publication that names both counts, and where none does, what live consumption wrote. Publishing appends to the
 * list and rolling back takes away from it, each by one write: whoever reads it once has one consistent answer.
 *
 *     kind       S  publications
 *     name       S  all
 *     revision   N  counts the writes
 *     list       B  JSON in zstd: a year names 365 segments, which takes 5 KB in JSON and a tenth of it in zstd
 *     rollbackAt N  epoch milliseconds of the last rollback
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { packed, unpacked } from '../../../stream/packed.ts'
import { liveGeneration } from '../../aggregator/shapes/cell-key.ts'
import { dayOfSegment } from '../../aggregator/shapes/segments.ts'

export type Publication = {
  generation: string
  sites: 'all' | readonly string[]
  segments: readonly string[]
  /** When it was published, epoch milliseconds. */
  at: number
}

export type Publications = {
  /** 0: nothing was ever published. Equal revisions, equal publications. */
  revision: number
  list: readonly Publication[]
  rollbackAt: number
}

/** An item holds 400 KB. */
export const maxListBytes = 300_000

export function publishedGeneration({ list }: Publications, site: string, segment: string): string {
  return list.findLast((publication) => names(publication, site, segment))?.generation ?? liveGeneration
}

export function isPublished({ list }: Publications, generation: string): boolean {
  return list.some((publication) => publication.generation === generation)
}

/** Whether a generation, or its publication, has a segment of a site. */
export function names(
  { sites, segments }: Pick<Publication, 'sites' | 'segments'>,
  site: string,
  segment: string,
): boolean {
  return (sites === 'all' || sites.includes(site)) && segments.includes(segment)
}

/** With a publication at the end; what was published of the same generation before is replaced. */
export function withPublication({ revision, list, rollbackAt }: Publications, publication: Publication): Publications {
  const others = list.filter(({ generation }) => generation !== publication.generation)
  return { revision: revision + 1, list: [...others, publication], rollbackAt }
}

export function withoutPublication({ revision, list }: Publications, generation: string, now: number): Publications {
  return { revision: revision + 1, list: list.filter((each) => each.generation !== generation), rollbackAt: now }
}

export const publicationsKey = { kind: { S: 'publications' }, name: { S: 'all' } }

export function publicationsToItem({ revision, list, rollbackAt }: Publications) {
  return {
    ...publicationsKey,
    revision: { N: String(revision) },
    list: packed(list),
    rollbackAt: { N: String(rollbackAt) },
  }
}

/** @throws when these are no publications: a fault, because nobody knows what counts then */
export function publicationsFromItem(item: Record<string, AttributeValue> | undefined): Publications {
  if (!item) return { revision: 0, list: [], rollbackAt: 0 }
  const list = unpacked<unknown>(item.list)
  if (!Array.isArray(list)) throw new Error('the publications are no list')
  for (const { generation, sites, segments } of list as Publication[]) {
    if (typeof generation !== 'string' || !Array.isArray(segments) || (sites !== 'all' && !Array.isArray(sites)))
      throw new Error(`no publication: ${generation}`)
    for (const segment of segments) dayOfSegment(segment)
  }
  return { revision: Number(item.revision?.N), list, rollbackAt: Number(item.rollbackAt?.N ?? 0) }
}

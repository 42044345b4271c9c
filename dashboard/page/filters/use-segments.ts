/** The segments of a site, and which of them figures are of, or are compared with. */
import type { SiteAnswer } from '../../answers.ts'
import { type Condition, parseCondition } from '../../query/conditions.ts'
import type { SegmentAnswer, SegmentsAnswer } from '../../segment-answers.ts'
import { apiPath } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'

export type ChosenSegment = SegmentAnswer & { conditions: readonly Condition[] }

export type SiteSegments = {
  /** Undefined while they are not known. */
  list: readonly SegmentAnswer[] | undefined
  /** Of the address; its name is its id where it is not known, or gone. */
  chosen: ChosenSegment | undefined
  /** After they were changed. */
  reload: () => void
}

export function useSegments({ site }: SiteAnswer, id: string | undefined): SiteSegments {
  const { data, retry } = useFetched<SegmentsAnswer>(apiPath(site, 'segments'))
  const found = data?.segments.find((each) => each.id === id) ?? { id: id ?? '', name: id ?? '', filters: [] }
  return {
    list: data?.segments,
    chosen: id === undefined ? undefined : { ...found, conditions: found.filters.flatMap(toConditions) },
    reload: retry,
  }
}

function toConditions(text: string): Condition[] {
  const result = parseCondition(text)
  return result.ok ? [result.condition] : []
}

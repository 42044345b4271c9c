/** What the API answers of segments, as types: answers.ts says what holds for them. */
export type SegmentAnswer = {
  id: string
  name: string
  /** As they stand in addresses. */
  filters: readonly string[]
}
/** Those of a site, by name. */
export type SegmentsAnswer = { segments: SegmentAnswer[] }
export const maxSegmentName = 80

/** Which generation of each (site, segment) one answer is made of: one version of what is published, whatever happens meanwhile. */
import type { GenerationRecord } from '../../consumers/replay/shapes/generations.ts'
import { names, type Publications, publishedGeneration } from '../../consumers/replay/shapes/publications.ts'

export type View = {
  /** Equal versions choose equal generations. */
  version: string
  generationOf(site: string, segment: string): string
}

/** @param preferred counts in its segments in place of what is published */
export function viewOf(publications: Publications, preferred?: GenerationRecord): View {
  return {
    version: `${publications.revision} ${preferred?.id ?? ''}`,
    generationOf: (site, segment) =>
      preferred && names(preferred, site, segment) ? preferred.id : publishedGeneration(publications, site, segment),
  }
}

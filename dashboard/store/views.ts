/** What is published, as one version for each answer; read again after a second at most. */
import type { GenerationStore } from '../../consumers/replay/shapes/generation-store.ts'
import type { GenerationRecord } from '../../consumers/replay/shapes/generations.ts'
import type { Publications } from '../../consumers/replay/shapes/publications.ts'
import { type View, viewOf } from '../query/view.ts'

export type ViewStore = {
  /**
   * @param generation counts where it has segments, in place of what is published
   * @returns undefined when there is no such generation, or nothing of it is there to look at
   */
  find(generation?: string): Promise<View | undefined>
  /** What is published may have changed: the next answer reads it anew. */
  forget(): void
}

const maxAgeMs = 1000
/** `running` too: whoever watches a replay sees as much as there is. */
const visible: readonly GenerationRecord['state'][] = ['running', 'ready', 'failed']

export function createViewStore(generations: GenerationStore): ViewStore {
  // Age is told by a clock that nobody sets.
  let known: { publications: Promise<Publications>; readAt: number } | undefined
  async function published(): Promise<Publications> {
    if (known && performance.now() - known.readAt < maxAgeMs) return known.publications
    const reading = { publications: generations.publications(), readAt: performance.now() }
    known = reading
    try {
      return await reading.publications
    } catch (error) {
      if (known === reading) known = undefined
      throw error
    }
  }

  return {
    async find(generation) {
      if (generation === undefined) return viewOf(await published())
      const [publications, record] = await Promise.all([published(), generations.find(generation)])
      return record && visible.includes(record.state) ? viewOf(publications, record) : undefined
    },
    forget() {
      known = undefined
    },
  }
}

/** Goals that questions name by their id. */
import { Problem } from '../problems.ts'
import { parseStep } from '../query/steps.ts'
import type { Store } from '../store/store.ts'
import type { Goal } from '../visit-reports.ts'

/** Those that this version understands. */
export async function goalsOf(store: Store, site: string): Promise<Goal[]> {
  return (await store.goals.list(site)).flatMap((each) => {
    const result = parseStep(each.step)
    return result.ok ? [{ ...each, parsed: result.step }] : []
  })
}

/** @throws Problem 404 */
export async function goalOf(store: Store, site: string, wanted: string): Promise<Goal> {
  const found = (await goalsOf(store, site)).find(({ id }) => id === wanted)
  if (!found) throw new Problem('unknown_goal')
  return found
}

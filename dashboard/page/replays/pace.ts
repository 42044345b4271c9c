/** How often the page asks. */
import type { ReplayAnswer, ReplayDetailAnswer, ReplaysAnswer } from '../../answers.ts'

/** A replay says how far it is about that often. */
const movingMs = 2000
/** Somebody else may start, publish or drop one. */
const quietMs = 15_000

function isMoving({ state }: ReplayAnswer): boolean {
  return state === 'requested' || state === 'running' || state === 'dropping'
}

export function listPace(answer: ReplaysAnswer | undefined): number {
  return answer && !answer.replays.some(isMoving) ? quietMs : movingMs
}

export function detailPace(answer: ReplayDetailAnswer | undefined): number {
  return answer && !isMoving(answer) ? quietMs : movingMs
}

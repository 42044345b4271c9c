import { safely } from './safely.ts'

/**
 * Listens on the window in the capture phase, where every event of the document passes: before the page can stop it,
 * and also events that do not bubble (scroll) or did not in older Safari (visibilitychange). None of
 * the types used here can hold up scrolling, so `passive` would change nothing.
 *
 * @param types names of events, separated by spaces
 */
// biome-ignore lint/suspicious/noExplicitAny: each caller knows the event that goes with its types
export const listen = (types: string, handle: (event: any) => void): void => {
  for (const type of types.split(' ')) addEventListener(type, safely(handle), true)
}

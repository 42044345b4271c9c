/** Whether single keys do anything: who speaks to a computer, or slips, may switch them off (WCAG 2.1.4). */
const storageKey = 'retrace-shortcuts'

export function readShortcutsOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off'
  } catch {
    // Storage may be blocked altogether.
    return true
  }
}

/** @returns whether it is kept */
export function storeShortcutsOn(on: boolean): boolean {
  try {
    if (on) localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, 'off')
    return true
  } catch {
    return false
  }
}

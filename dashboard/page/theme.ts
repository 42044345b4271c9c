/** Light, dark, or as the system has it. The choice is kept on the device. */
export const themeNames = ['system', 'light', 'dark'] as const
export type ThemeName = (typeof themeNames)[number]

const storageKey = 'retrace-theme'

export function readTheme(): ThemeName {
  try {
    const stored = localStorage.getItem(storageKey)
    return themeNames.find((name) => name === stored) ?? 'system'
  } catch {
    // Storage may be blocked altogether.
    return 'system'
  }
}

export function applyTheme(theme: ThemeName): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

const listeners = new Set<(theme: ThemeName) => void>()

/** @returns takes the listener away */
export function onThemeStored(listener: (theme: ThemeName) => void): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export function storeTheme(theme: ThemeName): void {
  applyTheme(theme)
  for (const listener of listeners) listener(theme)
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    // It holds until the page is closed.
  }
}

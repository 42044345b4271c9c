/** The keys of the whole page, and their help sheet, which is loaded when it is asked for. */
import { type ComponentChildren, type ComponentType, createContext } from 'preact'
import { useCallback, useState } from 'preact/hooks'
import type { Navigate, View } from '../state/view.ts'
import type { SheetProps } from './sheet.tsx'
import { useShortcuts } from './use-shortcuts.ts'

/** Opens the help sheet: what it needs is on every page, and its button in a menu. */
export const ShowShortcuts = createContext<() => void>(() => {})

type ShortcutsProps = { view: View; navigate: Navigate; children: ComponentChildren }

export function Shortcuts({ view, navigate, children }: ShortcutsProps) {
  const [Sheet, setSheet] = useState<ComponentType<SheetProps>>()
  const show = useCallback(() => {
    // A help sheet that cannot be loaded is missed by nobody who has a page that cannot be loaded.
    import('./sheet.tsx').then(
      (loaded) => setSheet(() => loaded.Sheet),
      () => {},
    )
  }, [])
  useShortcuts(view, navigate, show)
  return (
    <ShowShortcuts.Provider value={show}>
      {children}
      {Sheet && <Sheet onClose={() => setSheet(undefined)} />}
    </ShowShortcuts.Provider>
  )
}

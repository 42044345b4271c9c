/** A button that opens a small panel below it. Escape, a click elsewhere and leaving by Tab close it. */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

type DisclosureProps = {
  label: string
  /** What stands on the button. */
  face: ComponentChildren
  align?: 'start' | 'end'
  /** A key that opens it (shortcuts/keys.ts). */
  shortcut?: string
  class?: string
  children: (close: () => void) => ComponentChildren
}

export function Disclosure({ label, face, align = 'end', shortcut, class: name = '', children }: DisclosureProps) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }

  // Together with the panel: after the next frame, an Escape pressed at once would go unheard.
  useLayoutEffect(() => {
    if (!open) return
    const onOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false)
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        setOpen(false)
        button.current?.focus()
      }
    }
    document.addEventListener('pointerdown', onOutside)
    document.addEventListener('focusin', onOutside)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onOutside)
      document.removeEventListener('focusin', onOutside)
      document.removeEventListener('keydown', onKey)
    }
  }, [open])

  return (
    <div class={`disclosure ${name}`} ref={root}>
      <button
        ref={button}
        type="button"
        class="button"
        aria-label={label}
        aria-expanded={open}
        aria-keyshortcuts={shortcut}
        onClick={() => setOpen(!open)}
      >
        {face}
      </button>
      {open && <div class={`popup popup-${align}`}>{children(close)}</div>}
    </div>
  )
}

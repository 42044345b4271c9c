/** A link to another view: it opens in a new tab like any link, and without loading when it is clicked. */
import type { ComponentChildren } from 'preact'
import { isPlainClick, type Navigate, type View } from './state/view.ts'

type ViewLinkProps = {
  /** What is different there. */
  view: Partial<View>
  navigate: Navigate
  class?: string
  /** For who cannot see what stands on it. */
  label?: string
  title?: string
  children: ComponentChildren
}

export function ViewLink({ view, navigate, class: name, label, title, children }: ViewLinkProps) {
  return (
    <a
      class={name}
      href={navigate.href(view)}
      aria-label={label}
      title={title}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        navigate.to(view)
      }}
    >
      {children}
    </a>
  )
}

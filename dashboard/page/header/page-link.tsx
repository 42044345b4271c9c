import type { ComponentChildren } from 'preact'
import type { Navigate, View } from '../state/view.ts'
import { ViewLink } from '../view-link.tsx'

type PageLinkProps = { view: Partial<View>; title: string; navigate: Navigate; children: ComponentChildren }

/** To another page than the overview: an icon. */
export function PageLink({ view, title, navigate, children }: PageLinkProps) {
  return (
    <ViewLink class="button button-icon" view={view} label={title} title={title} navigate={navigate}>
      {children}
    </ViewLink>
  )
}

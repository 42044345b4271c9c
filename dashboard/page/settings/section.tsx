/** A card of the settings, with its heading. */
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

type SectionProps = { title: string; lead?: string; children: ComponentChildren }

export function Section({ title, lead, children }: SectionProps) {
  const id = useId()
  return (
    <section class="card settings-card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {lead !== undefined && <p class="settings-lead">{lead}</p>}
      {children}
    </section>
  )
}

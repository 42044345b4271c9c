/** A click, and the way back around it: the mark of Retrace. page/mark.svg is the same, for the browser's tab. */
import { texts } from './texts.ts'

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <path d="M4.6 7.2A9 9 0 1 1 3 12" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" />
      <path
        d="M4 2.6v4.9h4.9"
        fill="none"
        stroke="currentColor"
        stroke-width="2.25"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
      <circle class="mark-click" cx="12" cy="12" r="3.1" />
    </svg>
  )
}

export function Brand({ href, onClick }: { href: string; onClick?: (event: MouseEvent) => void }) {
  return (
    <a class="brand" href={href} onClick={onClick}>
      <Mark />
      <span>{texts.product}</span>
    </a>
  )
}

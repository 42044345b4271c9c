/** A choice that is an address: it opens in a new tab like any link, and without loading when it is clicked. */
import { CheckIcon } from '../icons.tsx'
import { isPlainClick } from '../state/view.ts'

type OptionLinkProps = { href: string; current: boolean; text: string; hint?: string; onChoose: () => void }

export function OptionLink({ href, current, text, hint, onChoose }: OptionLinkProps) {
  return (
    <a
      class="option"
      href={href}
      aria-current={current ? 'true' : undefined}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        onChoose()
      }}
    >
      <span class="option-text">
        {text}
        {hint && <small>{hint}</small>}
      </span>
      {current && <CheckIcon />}
    </a>
  )
}

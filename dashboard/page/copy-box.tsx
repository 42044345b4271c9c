import { useState } from 'preact/hooks'
import { CheckIcon, CopyIcon } from './icons.tsx'
import { texts } from './texts.ts'

const shownMs = 2000

/** Code, and a button that copies it. */
export function CopyBox({ code }: { code: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <div class="copy-box">
      <code>{code}</code>
      <button
        type="button"
        class="button"
        onClick={() => {
          // Over plain http there is no clipboard; the text can still be marked and copied.
          navigator.clipboard?.writeText(code).then(
            () => {
              setCopied(true)
              setTimeout(() => setCopied(false), shownMs)
            },
            () => {},
          )
        }}
      >
        {copied ? <CheckIcon /> : <CopyIcon />}
        {copied ? texts.copied : texts.copy}
      </button>
    </div>
  )
}

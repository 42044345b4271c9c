/** A button for what cannot be undone: it asks first, and says what will happen. */
import { useState } from 'preact/hooks'
import { Question } from './question.tsx'

type ConfirmButtonProps = {
  face: string
  /** For who cannot see which row it belongs to. */
  label: string
  question: { title: string; text: string }
  busy: boolean
  onConfirm: () => void
}

export function ConfirmButton({ face, label, question, busy, onConfirm }: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <button type="button" class="button" aria-label={label} disabled={busy} onClick={() => setAsking(true)}>
        {face}
      </button>
      {asking && <Question {...question} yes={face} onClose={() => setAsking(false)} onYes={onConfirm} />}
    </>
  )
}

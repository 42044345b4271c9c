/** A button for what cannot be undone: it asks first, and says what will happen. */
import { useState } from 'preact/hooks'
import { Modal } from '../modal.tsx'
import { settingsTexts } from './texts.ts'

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
      {asking && (
        <Modal title={question.title} onClose={() => setAsking(false)}>
          {(close) => (
            <div class="modal-body">
              <p>{question.text}</p>
              <div class="modal-buttons">
                <button type="button" class="button" onClick={close}>
                  {settingsTexts.cancel}
                </button>
                <button
                  type="button"
                  class="button button-danger"
                  onClick={() => {
                    close()
                    onConfirm()
                  }}
                >
                  {face}
                </button>
              </div>
            </div>
          )}
        </Modal>
      )}
    </>
  )
}

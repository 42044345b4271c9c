/** Asks before something that cannot be undone. */
import { Modal } from '../modal.tsx'
import { settingsTexts } from './texts.ts'

type QuestionProps = { title: string; text: string; yes: string; onClose: () => void; onYes: () => void }

export function Question({ title, text, yes, onClose, onYes }: QuestionProps) {
  return (
    <Modal title={title} onClose={onClose}>
      {(close) => (
        <div class="modal-body">
          <p>{text}</p>
          <div class="modal-buttons">
            <button type="button" class="button" onClick={close}>
              {settingsTexts.cancel}
            </button>
            <button
              type="button"
              class="button button-danger"
              onClick={() => {
                close()
                onYes()
              }}
            >
              {yes}
            </button>
          </div>
        </div>
      )}
    </Modal>
  )
}

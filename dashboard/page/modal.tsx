/** A dialog over the page, as the browser has it: it holds the focus, and gives it back when it closes. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { CloseIcon } from './icons.tsx'
import { texts } from './texts.ts'

type ModalProps = {
  title: string
  /** For tables; it is as wide as a form otherwise. */
  wide?: boolean
  /** Stands in the head, between the title and the button that closes. */
  tools?: ComponentChildren
  onClose: () => void
  children: (close: () => void) => ComponentChildren
}

export function Modal({ title, wide = false, tools, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const close = () => dialog.current?.close()

  useLayoutEffect(() => {
    dialog.current?.showModal()
  }, [])

  return (
    <dialog
      ref={dialog}
      class={wide ? 'dialog' : 'dialog modal'}
      aria-labelledby={titleId}
      onClose={onClose}
      onPointerDown={(event) => {
        // The backdrop belongs to the dialog itself, everything in it to its content.
        if (event.target === dialog.current) close()
      }}
    >
      <div class="dialog-content">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          {tools}
          <button type="button" class="button button-icon" aria-label={texts.close} onClick={close}>
            <CloseIcon />
          </button>
        </header>
        {children(close)}
      </div>
    </dialog>
  )
}

/** The frame of both forms: it saves, deletes by a second press, and says what was refused. */
import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { Problem } from '../../field.tsx'
import { postJson, RequestError } from '../../state/client.ts'
import { aimTexts } from './texts.ts'

type AimFormProps = {
  /** Of what is changed, or of all where a new one is added. */
  path: string
  isNew: boolean
  /** What is to be sent; undefined: a field says what is missing. */
  read: () => object | undefined
  /** @param id of what was saved; undefined: it was deleted */
  onDone: (id: string | undefined) => void
  children: ComponentChildren
}

export function AimForm({ path, isNew, read, onDone, children }: AimFormProps) {
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState(false)
  const problemId = useId()

  async function run(act: () => Promise<string | undefined>): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      onDone(await act())
    } catch (error) {
      const told = error instanceof RequestError ? error.message || error.sentence : ''
      setProblem(told || aimTexts.unreachable)
      setBusy(false)
    }
  }

  async function save(): Promise<void> {
    const body = read()
    if (body) await run(async () => (await postJson<{ id: string }>(path, body)).id)
  }

  async function remove(): Promise<void> {
    if (!asking) return setAsking(true)
    await run(async () => {
      await postJson(`${path}/delete`)
      return undefined
    })
  }

  return (
    <form
      class="modal-body aims-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {children}
      <Problem id={problemId} text={problem} />
      <div class="aims-end">
        <button type="submit" class="button button-primary" disabled={busy}>
          {aimTexts.save}
        </button>
        {!isNew && (
          <button type="button" class="button button-danger" disabled={busy} onClick={() => void remove()}>
            <span aria-live="polite">{asking ? aimTexts.askRemove : aimTexts.remove}</span>
          </button>
        )}
      </div>
    </form>
  )
}

/** Something that is asked of the API: whether it is under way, and why it was refused. */
import { useState } from 'preact/hooks'
import { RequestError } from '../state/client.ts'
import { settingsTexts } from './texts.ts'

export type Action = {
  busy: boolean
  problem: string | undefined
  run(act: () => Promise<void>): Promise<void>
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()

  async function run(act: () => Promise<void>): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      await act()
    } catch (error) {
      const message = error instanceof RequestError ? error.message : ''
      setProblem(message || settingsTexts.unreachable)
    }
    setBusy(false)
  }

  return { busy, problem, run }
}

/** The pipeline, asked for every two seconds while somebody looks, and what it was in the last minutes. */
import { useRef } from 'preact/hooks'
import type { PipelineAnswer } from '../../answers.ts'
import { usePolled } from '../state/use-polled.ts'
import { remember } from './summary.ts'

/** As often as consumers report. */
const everyTwoSeconds = () => 2000

export type Pipeline = {
  /** Oldest first; empty before the first answer. */
  history: readonly PipelineAnswer[]
  /** The last question was not answered. */
  lost: boolean
}

export function usePipeline(): Pipeline {
  const { data, error } = usePolled<PipelineAnswer>('/api/pipeline', everyTwoSeconds)
  const history = useRef<readonly PipelineAnswer[]>([])
  // Each answer comes once: while a later question fails, the last one stays the same object.
  if (data && history.current.at(-1) !== data) history.current = remember(history.current, data)
  return { history: history.current, lost: error !== undefined }
}

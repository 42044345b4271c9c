import { PipelineIcon } from '../icons.tsx'
import { isPlainClick, type Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'

/** To the pipeline behind the figures. */
export function PipelineLink({ navigate }: { navigate: Navigate }) {
  const pipeline = { page: 'pipeline' } as const
  return (
    <a
      class="button button-icon"
      href={navigate.href(pipeline)}
      aria-label={texts.pipeline.title}
      title={texts.pipeline.title}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        navigate.to(pipeline)
      }}
    >
      <PipelineIcon />
    </a>
  )
}

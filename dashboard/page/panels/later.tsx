/** Parts of the page that are loaded when they are asked for. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Notice } from '../notice.tsx'
import { texts } from '../texts.ts'
import { texts as panelTexts } from './texts.ts'

/** @param load imports the part; once it is there, it is drawn at once */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  return function Later(props: Props) {
    const [Part, setPart] = useState(() => loaded)
    const [failed, setFailed] = useState(false)
    useEffect(() => {
      if (loaded) return
      load().then(
        (part) => {
          loaded = part
          setPart(() => part)
        },
        () => setFailed(true),
      )
    }, [])
    if (Part) return <Part {...props} />
    if (failed) return <Notice text={panelTexts.later.failed} onRetry={() => location.reload()} />
    return (
      <p class="visually-hidden" role="status">
        {texts.loading}
      </p>
    )
  }
}

/** A secret that was just made. It takes the focus: it is the one chance to copy it. */
import { useEffect, useRef } from 'preact/hooks'
import { CopyBox } from '../copy-box.tsx'
import { settingsTexts } from './texts.ts'

export function ToldOnce({ lead, secret }: { lead: string; secret: string }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [secret])
  return (
    <div ref={box} class="told-once" role="status" tabIndex={-1}>
      <p>
        {lead} {settingsTexts.once}
      </p>
      <CopyBox code={secret} />
    </div>
  )
}

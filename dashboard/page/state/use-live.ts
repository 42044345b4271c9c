/**
 * Figures that keep themselves up to date: a stream of server-sent events (routes/live.ts). It comes again by itself
 * when it breaks, and rests while nobody looks at the page.
 */
import { useEffect, useState } from 'preact/hooks'
import type { BreakdownAnswer, LiveAnswers, LiveEventName, PanelDimension } from '../../answers.ts'
import { getJson } from './client.ts'

export type LiveData = Partial<Omit<LiveAnswers, 'breakdown'>> & {
  breakdowns: Partial<Record<PanelDimension, BreakdownAnswer>>
}

export type Live = {
  /** Of this stream, or of the one before until this one has answered. */
  data: LiveData | undefined
  /** `data` is that of another stream. */
  stale: boolean
  /** The connection broke, and is being tried again. */
  lost: boolean
}

const names: readonly LiveEventName[] = ['summary', 'timeseries', 'breakdown', 'realtime', 'anomalies']
const firstRetryMs = 1000
const maxRetryMs = 15_000
/** A page in the background that long stops watching. */
const restAfterMs = 60_000

/** @param path of the stream; undefined watches nothing */
export function useLive(path: string | undefined): Live {
  const [state, setState] = useState<{ path?: string; data?: LiveData }>({})
  const [lost, setLost] = useState(false)

  useEffect(() => {
    if (path === undefined) return
    return watch(path, (data) => setState({ path, data }), setLost)
  }, [path])

  return { data: state.data, stale: state.path !== path, lost }
}

function watch(path: string, onData: (data: LiveData) => void, onLost: (lost: boolean) => void): () => void {
  let data: LiveData = { breakdowns: {} }
  let source: EventSource | undefined
  let retryMs = firstRetryMs
  let timer: ReturnType<typeof setTimeout> | undefined
  let frame = 0

  function open(): void {
    close()
    source = new EventSource(path)
    for (const name of names) {
      source.addEventListener(name, ({ data: json }) => {
        retryMs = firstRetryMs
        onLost(false)
        data = take(data, name, JSON.parse(json))
        // The stream brings all kinds of events at once: one rendering shows them.
        frame ||= requestAnimationFrame(() => {
          frame = 0
          onData(data)
        })
      })
    }
    source.onerror = () => {
      close()
      onLost(true)
      timer = setTimeout(open, retryMs)
      retryMs = Math.min(retryMs * 2, maxRetryMs)
      // Event sources do not say why: when the session is over, this sends the reader to sign in.
      getJson('/api/sites').catch(() => {})
    }
  }

  function close(): void {
    source?.close()
    source = undefined
    clearTimeout(timer)
  }

  function onVisibility(): void {
    if (document.visibilityState === 'visible') {
      if (source) clearTimeout(timer)
      else open()
    } else {
      clearTimeout(timer)
      timer = setTimeout(close, restAfterMs)
    }
  }

  open()
  document.addEventListener('visibilitychange', onVisibility)
  addEventListener('online', open)
  return () => {
    close()
    cancelAnimationFrame(frame)
    onLost(false)
    document.removeEventListener('visibilitychange', onVisibility)
    removeEventListener('online', open)
  }
}

function take(data: LiveData, name: LiveEventName, answer: unknown): LiveData {
  if (name !== 'breakdown') return { ...data, [name]: answer }
  const breakdown = answer as BreakdownAnswer
  return { ...data, breakdowns: { ...data.breakdowns, [breakdown.dimension]: breakdown } }
}

/**
 * Keeps what is not acknowledged in localStorage, under a key of this page load, and takes over what pages left behind
 * that are gone. A page holds a lock as long as it lives (https://w3c.github.io/web-locks/), so nobody takes what
 * another tab is still sending. Without locks (pages not served over https) two tabs may send an event; its `load` and
 * `n` make it count once.
 */
import { flush, listen, options, waiting } from './core.ts'

const prefix = `retrace:${options.site}:`
const own = prefix + Math.random()
const { locks } = navigator as { locks?: LockManager }
let letGo: () => void
let timer: ReturnType<typeof setTimeout>

const save = (): void => {
  let text = ''
  // Of the five million characters that a site has. What is over is lost with the page, the newest first.
  for (const json of waiting) if (text.length < 250_000) text += `${json}\n`
  try {
    if (text) localStorage.setItem(own, text)
    else localStorage.removeItem(own)
  } catch {}
}

/** JSON has no line breaks of its own. */
const adopt = (key: string): void => {
  for (const json of (localStorage[key] as string).split('\n')) if (json && waiting.size < 1000) waiting.add(json)
  save()
  localStorage.removeItem(key)
  void flush()
}

const hold = (): void => {
  void locks?.request(
    own,
    () =>
      new Promise<void>((resolve) => {
        letGo = resolve
      }),
  )
}

export const persist = async (): Promise<void> => {
  const left = Object.keys(localStorage)
  // Events come and go through these two.
  for (const method of ['add', 'delete'] as const) {
    const original = waiting[method].bind(waiting)
    waiting[method] = (json: string): never => {
      clearTimeout(timer)
      timer = setTimeout(save, 500)
      return original(json) as never
    }
  }
  save()
  hold()
  // A page with a lock is not kept in the back/forward cache.
  listen('pagehide', () => letGo?.())
  listen('pageshow', ({ persisted }: PageTransitionEvent) => persisted && hold())
  listen('visibilitychange', save)
  for (const key of left)
    if (key.startsWith(prefix))
      if (locks) await locks.request(key, { ifAvailable: true }, (lock) => lock && adopt(key))
      else adopt(key)
}

/** Listens to single keys, unless somebody writes or a dialog is open. */
import { useEffect, useRef } from 'preact/hooks'
import type { Navigate, View } from '../state/view.ts'
import { storeTheme } from '../theme.ts'
import { type Action, type Pending, readKey } from './keys.ts'
import { readShortcutsOn } from './setting.ts'

/** @param showSheet opens the list of all keys */
export function useShortcuts(view: View, navigate: Navigate, showSheet: () => void): void {
  const pending = useRef<Pending>(undefined)

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (!isShortcut(event) || !readShortcutsOn()) return
      const { action, pending: next } = readKey(pending.current, event.key, event.timeStamp)
      pending.current = next
      if (!action) return
      event.preventDefault()
      act(action, view, navigate, showSheet)
    }

    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [view, navigate, showSheet])
}

function act(action: Action, view: View, navigate: Navigate, showSheet: () => void): void {
  switch (action.type) {
    case 'period':
      if (view.page === 'site') navigate.to({ period: action.period, ...noDetails })
      break
    case 'live':
      // By the minute where minutes are kept, and as the period has it where not.
      if (view.page === 'site') navigate.to({ period: 'today', ...noDetails, interval: 'minute' })
      break
    case 'page':
      if (view.page !== action.page) navigate.to({ page: action.page, generation: undefined })
      break
    case 'press': {
      const control = document.querySelector<HTMLElement>(`[aria-keyshortcuts="${action.control}"]`)
      control?.focus()
      control?.click()
      break
    }
    case 'theme':
      storeTheme(isDark() ? 'light' : 'dark')
      break
    case 'sheet':
      showSheet()
      break
  }
}

/** A period comes as it is, without what was chosen within another. */
const noDetails = { from: undefined, to: undefined, interval: undefined } as const

/** What is not written into something, is no command of browser or system, and is pressed once. */
function isShortcut(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.repeat) return false
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  // On many keyboards ? and / need Shift; a letter with Shift is another one.
  if (event.shiftKey && /^\p{L}$/u.test(event.key)) return false
  const target = event.target instanceof Element ? event.target : document.body
  return !target.closest(writable) && !document.querySelector('dialog:modal')
}

/** Radio buttons and check boxes take no letters. */
const writable = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]'

function isDark(): boolean {
  const { theme } = document.documentElement.dataset
  return theme === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
}

/** Notes at the chart of a site: what its overview needs of them at once. The window comes when it is asked for. */
import type { VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Interval, SiteAnswer } from '../../answers.ts'
import type { NoteAnswer, NotesAnswer } from '../../note-answers.ts'
import type { ChartNotes } from '../chart/chart.tsx'
import { texts } from '../chart/texts.ts'
import { later } from '../panels/later.tsx'
import { noteKey } from '../shortcuts/keys.ts'
import { apiPath } from '../state/client.ts'
import { type DateRange, dateOf, lastDay, localNow } from '../state/period.ts'
import { useFetched } from '../state/use-fetched.ts'

const NotesDialog = later(async () => (await import('./notes-dialog.tsx')).NotesDialog)

export type SiteNotes = {
  chart: ChartNotes
  /** Undefined for who may not write any. */
  button: VNode | undefined
  /** While it is open. */
  dialog: VNode | undefined
}

/** Which notes are looked at: undefined, all of the period. `moment`: what a new one begins with. */
type Opened = { ids: readonly string[] | undefined; moment: string }

const none: readonly NoteAnswer[] = []

/** @param range undefined: not known yet */
export function useNotes(site: SiteAnswer, range: DateRange | undefined, interval: Interval, now: number): SiteNotes {
  const path = apiPath(site.site, 'notes')
  const { data, retry } = useFetched<NotesAnswer>(range && apiPath(site.site, 'notes', range))
  const [opened, setOpened] = useState<Opened>()
  const looked = useRef<number | undefined>(undefined)
  const list = data?.notes ?? none
  const mayEdit = site.role !== 'viewer'

  function momentOf(at: number): string {
    const { date, time } = localNow(site.timeZone, at)
    return interval === 'minute' || interval === 'hour' ? `${date}T${time}` : date
  }

  function open(): void {
    const at = looked.current
    const present = momentOf(now)
    const last = range ? lastDay(range.to) : dateOf(present)
    const isOver = last < dateOf(present)
    setOpened({ ids: undefined, moment: at === undefined ? (isOver ? last : present) : momentOf(at) })
  }

  function openThese(notes: readonly NoteAnswer[]): void {
    const [{ day, at } = { day: null, at: new Date(now).toISOString() }] = notes
    setOpened({ ids: notes.map(({ id }) => id), moment: day ?? momentOf(Date.parse(at)) })
  }

  return {
    chart: { list, looked, onOpen: openThese },
    button: mayEdit ? (
      <button
        type="button"
        class="button note-button"
        aria-label={texts.addNote}
        aria-haspopup="dialog"
        aria-keyshortcuts={noteKey}
        onClick={open}
      >
        + {texts.note}
      </button>
    ) : undefined,
    dialog: opened && (
      <NotesDialog
        path={path}
        timeZone={site.timeZone}
        notes={opened.ids ? list.filter(({ id }) => opened.ids?.includes(id)) : list}
        mayEdit={mayEdit}
        moment={opened.moment}
        onChanged={retry}
        onClose={() => setOpened(undefined)}
      />
    ),
  }
}

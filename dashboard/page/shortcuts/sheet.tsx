/** All keys and what they do, and the switch that turns them off. */
import { useState } from 'preact/hooks'
import { Modal } from '../modal.tsx'
import { texts } from '../texts.ts'
import { type Action, compareKey, noteKey, periodKey, type Shortcut, shortcuts, siteKey } from './keys.ts'
import { readShortcutsOn, storeShortcutsOn } from './setting.ts'
import { sheetTexts } from './texts.ts'

export type SheetProps = { onClose: () => void }

const groups = Object.keys(shortcuts) as (keyof typeof shortcuts)[]

export function Sheet({ onClose }: SheetProps) {
  const [on, setOn] = useState(readShortcutsOn)
  return (
    <Modal title={sheetTexts.title} onClose={onClose}>
      {() => (
        <div class="modal-body shortcut-sheet">
          <label class="shortcut-switch">
            <input
              type="checkbox"
              checked={on}
              onChange={({ currentTarget: { checked } }) => {
                if (storeShortcutsOn(checked)) setOn(checked)
              }}
            />
            {sheetTexts.on}
          </label>
          {groups.map((group) => (
            <section key={group} aria-labelledby={`shortcuts-${group}`}>
              <h3 id={`shortcuts-${group}`}>{sheetTexts.groups[group]}</h3>
              <Keys list={shortcuts[group]} />
            </section>
          ))}
          <p class="hint">{sheetTexts.escape}</p>
        </div>
      )}
    </Modal>
  )
}

function Keys({ list }: { list: readonly Shortcut[] }) {
  return (
    <dl>
      {list.map(({ keys, action }) => (
        <div key={keys.join()}>
          <dt>{textOf(action)}</dt>
          <dd>
            {keys.map((key, i) => (
              <span key={key}>
                {i > 0 && <span class="shortcut-then">{sheetTexts.afterwards}</span>}
                <kbd>{key}</kbd>
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  )
}

const pressed = {
  [siteKey]: sheetTexts.site,
  [periodKey]: sheetTexts.period,
  [compareKey]: sheetTexts.compare,
  [noteKey]: sheetTexts.note,
}

function textOf(action: Action): string {
  switch (action.type) {
    case 'period':
      return texts.periods[action.period]
    case 'page':
      return {
        site: sheetTexts.overview,
        settings: texts.header.allSettings,
        explore: texts.explore,
        anomalies: texts.panels.alerts,
        pipeline: texts.pipeline,
        replays: texts.replays.title,
      }[action.page]
    case 'press':
      return pressed[action.control]
    case 'live':
    case 'theme':
    case 'sheet':
      return sheetTexts[action.type]
  }
}

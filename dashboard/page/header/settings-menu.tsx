import { useContext, useLayoutEffect, useState } from 'preact/hooks'
import { SettingsIcon } from '../icons.tsx'
import {
  type LanguageChoice,
  languageChoices,
  languageNames,
  readLanguageChoice,
  storeLanguageChoice,
} from '../language.ts'
import { ShowShortcuts } from '../shortcuts/shortcuts.tsx'
import { useSession } from '../state/session.ts'
import { texts } from '../texts.ts'
import { onThemeStored, readTheme, storeTheme, themeNames } from '../theme.ts'
import { Disclosure } from './disclosure.tsx'

/** @param site whose settings are meant, where one is looked at */
export function SettingsMenu({ site }: { site?: string }) {
  const showShortcuts = useContext(ShowShortcuts)
  const session = useSession()
  return (
    <Disclosure label={texts.header.settings} face={<SettingsIcon />} class="settings-menu">
      {(close) => (
        <>
          <ThemeChoice />
          <LanguageChoices />
          <button
            type="button"
            class="option"
            onClick={() => {
              close()
              showShortcuts()
            }}
          >
            {texts.header.shortcuts}
          </button>
          {session && session.by !== 'link' && (
            <a class="option" href={site === undefined ? '/settings' : `/sites/${encodeURIComponent(site)}/settings`}>
              {texts.header.allSettings}
            </a>
          )}
          <a class="option" href="/api/openapi.json">
            {texts.header.apiDescription}
          </a>
          <form method="post" action="/sign-out">
            <button type="submit" class="option">
              {texts.signOut}
            </button>
          </form>
        </>
      )}
    </Disclosure>
  )
}

function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme)
  // A key may choose as well.
  useLayoutEffect(() => onThemeStored(setTheme), [])
  return (
    <Choice
      name="theme"
      label={texts.header.theme}
      options={themeNames.map((name) => [name, texts.themes[name]])}
      current={theme}
      onChoose={storeTheme}
    />
  )
}

function LanguageChoices() {
  const textOf = (choice: LanguageChoice) => (choice === 'system' ? texts.header.asBrowser : languageNames[choice])
  return (
    <Choice
      name="language"
      label={texts.header.language}
      options={languageChoices.map((choice) => [choice, textOf(choice)])}
      current={readLanguageChoice()}
      onChoose={(choice) => {
        if (storeLanguageChoice(choice)) location.reload()
      }}
    />
  )
}

type ChoiceProps<Name extends string> = {
  name: string
  label: string
  options: (readonly [Name, string])[]
  current: Name
  onChoose: (name: Name) => void
}

/** A few names side by side, of which one holds. */
function Choice<Name extends string>({ name: group, label, options, current, onChoose }: ChoiceProps<Name>) {
  return (
    <fieldset class="menu-choice">
      <legend>{label}</legend>
      <div class="segments">
        {options.map(([name, text]) => (
          <label key={name} class="segment">
            <input type="radio" name={group} checked={name === current} onChange={() => onChoose(name)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

import { useState } from 'preact/hooks'
import { SettingsIcon } from '../icons.tsx'
import { texts } from '../texts.ts'
import { readTheme, storeTheme, themeNames } from '../theme.ts'
import { Disclosure } from './disclosure.tsx'

export function SettingsMenu() {
  return (
    <Disclosure label={texts.header.settings} face={<SettingsIcon />} class="settings-menu">
      {() => (
        <>
          <ThemeChoice />
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
  return (
    <fieldset class="theme-choice">
      <legend>{texts.header.theme}</legend>
      <div class="segments">
        {themeNames.map((name) => (
          <label key={name} class="segment">
            <input
              type="radio"
              name="theme"
              checked={name === theme}
              onChange={() => {
                setTheme(name)
                storeTheme(name)
              }}
            />
            <span>{texts.themes[name]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

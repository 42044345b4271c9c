import type { SiteAnswer } from '../../answers.ts'
import { ChevronIcon } from '../icons.tsx'
import { siteKey } from '../shortcuts/keys.ts'
import type { Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { Disclosure } from './disclosure.tsx'
import { OptionLink } from './option-link.tsx'

export function SiteSwitcher({
  sites,
  current,
  navigate,
}: {
  sites: SiteAnswer[]
  current: SiteAnswer
  navigate: Navigate
}) {
  if (sites.length < 2) return <span class="site-name">{current.name}</span>
  const face = (
    <>
      <span class="site-name">{current.name}</span>
      <ChevronIcon />
    </>
  )
  return (
    <Disclosure
      label={`${texts.header.site}: ${current.name}`}
      face={face}
      align="start"
      shortcut={siteKey}
      class="site-switcher"
    >
      {(close) => (
        <ul class="options">
          {sites.map(({ site, name }) => (
            <li key={site}>
              <OptionLink
                href={navigate.href({ site })}
                current={site === current.site}
                text={name}
                hint={site}
                onChoose={() => {
                  close()
                  navigate.to({ site })
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </Disclosure>
  )
}

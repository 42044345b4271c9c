/** The settings: of a site, as far as the role of whoever looks goes; of themselves; of the installation. */
import { useEffect } from 'preact/hooks'
import type { SiteDetailAnswer, SitesAnswer } from '../../answers.ts'
import { Brand } from '../brand.tsx'
import { CopyBox } from '../copy-box.tsx'
import { SettingsMenu } from '../header/settings-menu.tsx'
import { SiteSwitcher } from '../header/site-switcher.tsx'
import { BackIcon } from '../icons.tsx'
import { Notice } from '../notice.tsx'
import { apiPath } from '../state/client.ts'
import { useSession } from '../state/session.ts'
import { useFetched } from '../state/use-fetched.ts'
import type { Navigate, View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { AddSite } from './add-site.tsx'
import { Alerts } from './alerts/alerts.tsx'
import { Archive } from './archive.tsx'
import { Erase } from './erase.tsx'
import { Excluded } from './excluded.tsx'
import { Links } from './links.tsx'
import { Network } from './network.tsx'
import { Password } from './password.tsx'
import { People } from './people.tsx'
import { Retention } from './retention.tsx'
import { Section } from './section.tsx'
import { SiteForm } from './site-form.tsx'
import { settingsTexts } from './texts.ts'
import { Tokens } from './tokens.tsx'
import { Visitors } from './visitors.tsx'

export type SettingsProps = { view: View; navigate: Navigate }

export function Settings({ view, navigate }: SettingsProps) {
  const session = useSession()
  const { data, error, retry } = useFetched<SitesAnswer>('/api/sites')
  const site = data?.sites.find((each) => each.site === view.site) ?? data?.sites[0]
  const figures = { page: 'site', site: site?.site } as const

  useEffect(() => {
    document.title = `${settingsTexts.title} · ${texts.product}`
  }, [])

  return (
    <div class="page">
      <header class="header">
        <Brand href={navigate.href(figures)} />
        <h1 class="page-title">{settingsTexts.title}</h1>
        {data && site && <SiteSwitcher sites={data.sites} current={site} navigate={navigate} />}
        <div class="header-controls">
          <ViewLink class="button" view={figures} label={settingsTexts.toFigures} navigate={navigate}>
            <BackIcon />
            <span class="wide-only">{settingsTexts.toFigures}</span>
          </ViewLink>
          <SettingsMenu />
        </div>
      </header>
      <main class="content settings">
        {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
        {site && <OfSite key={site.site} site={site.site} onChanged={retry} />}
        {session?.by === 'member' && <Password email={session.name} />}
        {session?.administrator && (
          <>
            <AddSite
              onAdded={(added) => {
                retry()
                navigate.to({ site: added })
              }}
            />
            <Tokens site={undefined} />
          </>
        )}
      </main>
    </div>
  )
}

function OfSite({ site, onChanged }: { site: string; onChanged: () => void }) {
  const session = useSession()
  const { data, error, retry } = useFetched<SiteDetailAnswer>(apiPath(site))
  if (error) return <Notice text={error.message || texts.problems.load} onRetry={retry} />
  if (!data) return <section class="card settings-skeleton" aria-busy="true" />
  const isOwner = data.role === 'owner'
  const { snippet, general } = settingsTexts
  return (
    <>
      {data.role === 'viewer' ? (
        <Section title={data.name} lead={general.readOnly}>
          {null}
        </Section>
      ) : (
        <SiteForm site={data} onChanged={onChanged} />
      )}
      <Section title={snippet.title} lead={snippet.lead}>
        <CopyBox code={`<script defer src="${data.snippetUrl}" data-site="${site}"></script>`} />
      </Section>
      {isOwner && (
        <>
          <People site={site} />
          <Links site={site} />
          <Tokens site={site} />
          <Alerts site={site} />
          <Network site={data} onChanged={onChanged} />
          <Visitors site={data} />
          <Excluded site={site} administrator={session?.administrator === true} />
          <Retention site={data} />
          <Archive site={site} />
          <Erase site={site} />
        </>
      )}
    </>
  )
}

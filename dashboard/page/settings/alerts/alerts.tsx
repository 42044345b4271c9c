/** Where incidents of a site are told: webhooks, e-mail addresses, topics, and what came of the last deliveries. */
import { useId } from 'preact/hooks'
import type { ChannelAnswer, ChannelsAnswer, DeliveryAnswer } from '../../../anomaly-answers.ts'
import { Problem } from '../../field.tsx'
import { Notice } from '../../notice.tsx'
import { apiPath, postJson } from '../../state/client.ts'
import { usePolled } from '../../state/use-polled.ts'
import { texts } from '../../texts.ts'
import { ConfirmButton } from '../confirm-button.tsx'
import { dayText, momentText } from '../moments.ts'
import { Section } from '../section.tsx'
import { settingsTexts } from '../texts.ts'
import { useAction } from '../use-action.ts'
import { NewAddress, NewTopic, NewWebhook } from './forms.tsx'
import { AlertRules } from './rules.tsx'
import { alertTexts } from './texts.ts'

const words = alertTexts

const isWaitedFor = ({ event, state }: DeliveryAnswer) =>
  (event === 'example' || event === 'confirm') && state === 'waiting'
/** Whoever has sent an example, or asked an address, looks for what comes of it. */
const everyMs = (answer: ChannelsAnswer | undefined) =>
  answer?.channels.some(({ deliveries }) => deliveries.some(isWaitedFor)) ? 1000 : 30_000

/** @param site or the pipeline, which has no reports */
export function Alerts({ site, reports = true }: { site: string; reports?: boolean }) {
  const path = apiPath(site, 'channels')
  const { data, error, refresh } = usePolled<ChannelsAnswer>(path, everyMs)
  const { busy, problem, run } = useAction()
  const id = useId()
  const act = (what: string, body?: object) =>
    void run(async () => {
      await postJson<ChannelsAnswer>(`${path}/${what}`, body)
      refresh()
    })

  return (
    <Section title={words.title} lead={words.lead}>
      {error && <Notice text={error.message || texts.problems.load} onRetry={refresh} />}
      {data?.channels.length === 0 && <p class="settings-none">{words.none}</p>}
      <ul class="settings-list">
        {data?.channels.map((channel) => (
          <Entry key={channel.id} channel={channel} reports={reports} busy={busy} act={act} />
        ))}
      </ul>
      <Problem id={`${id}-problem`} text={problem} />
      <NewWebhook path={path} onMade={refresh} />
      {data && <NewAddress path={path} onMade={refresh} isSetUp={data.email} />}
      {data && data.topics.length > 0 && <NewTopic path={path} onMade={refresh} topics={data.topics} />}
      <AlertRules key={site} site={site} />
    </Section>
  )
}

type EntryProps = {
  channel: ChannelAnswer
  reports: boolean
  busy: boolean
  act: (what: string, body?: object) => void
}

function Entry({ channel, reports, busy, act }: EntryProps) {
  const { id, type, confirmed, gets, createdBy, createdAt, deliveries } = channel
  const name = nameOf(channel)
  return (
    <li>
      <span class="settings-entry">
        {channel.target}
        <small>
          {[words.types[type], settingsTexts.madeBy(createdBy, dayText(createdAt))].join(', ')}
          {!confirmed && <> · {words.unconfirmed}</>}
        </small>
      </span>
      <button
        type="button"
        class="button"
        aria-label={confirmed ? words.testOf(name) : words.askAgainOf(name)}
        disabled={busy || deliveries.some(isWaitedFor)}
        onClick={() => act(`${id}/test`)}
      >
        {confirmed ? words.test : words.askAgain}
      </button>
      <ConfirmButton
        face={words.revoke}
        label={words.revokeOf(name)}
        question={{ title: words.ask.title(name), text: words.ask.text }}
        busy={busy}
        onConfirm={() => act(`${id}/revoke`)}
      />
      {reports && type !== 'topic' && (
        <fieldset class="settings-gets">
          <legend>{words.getsOf(name)}</legend>
          {(['incidents', 'weekly', 'monthly'] as const).map((each) => (
            <label key={each} class="settings-switch">
              <input
                type="checkbox"
                checked={gets.includes(each)}
                disabled={busy || (gets.length === 1 && gets.includes(each))}
                onClick={(event) => {
                  // It moves when it is done, not when it is asked for.
                  event.preventDefault()
                  act(`${id}/gets`, {
                    gets: gets.includes(each) ? gets.filter((other) => other !== each) : [...gets, each],
                  })
                }}
              />{' '}
              {words.gets[each]}
            </label>
          ))}
        </fieldset>
      )}
      {deliveries.length > 0 && (
        <ul class="settings-deliveries" aria-label={words.deliveriesOf(name)}>
          {deliveries.map((delivery) => (
            <li key={delivery.id} data-state={delivery.state}>
              {words.events[delivery.event]}, {momentText(delivery.triedAt ?? delivery.createdAt)}:{' '}
              {outcomeText(delivery)}
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}

/** As short as tells it apart. */
function nameOf({ type, target }: ChannelAnswer): string {
  if (type === 'webhook') return new URL(target).host
  return type === 'topic' ? (target.split(':').at(-1) ?? target) : target
}

function outcomeText({ state, status, error, nextAt, attempts }: DeliveryAnswer): string {
  if (state === 'delivered') return status === null ? words.deliveredPlain : words.delivered(status)
  if (state === 'superseded') return words.superseded
  if (error === null)
    return nextAt !== null && Date.parse(nextAt) > Date.now() ? words.held(momentText(nextAt)) : words.waiting
  const why = error === 'status' ? words.answered(status ?? 0) : words.errors[error]
  return nextAt === null ? words.failed(why, attempts) : words.again(why, momentText(nextAt))
}

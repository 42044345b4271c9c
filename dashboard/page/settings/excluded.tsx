/** What of a site's traffic counts in no figure: a part of the rules (docs/rules.md). */
import { useId, useLayoutEffect, useState } from 'preact/hooks'
import { tagPattern } from '../../../stream/tag.ts'
import type { ExclusionsAnswer } from '../../answers.ts'
import { Field } from '../field.tsx'
import { Notice } from '../notice.tsx'
import { apiPath, postJson } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import { texts } from '../texts.ts'
import { Form, FormEnd } from './form.tsx'
import { secondText } from './moments.ts'
import { Section } from './section.tsx'
import { settingsTexts } from './texts.ts'
import { useAction } from './use-action.ts'

const words = settingsTexts.excluded
const kinds = ['tags', 'networks', 'hosts', 'programs'] as const
type Kind = (typeof kinds)[number]
type Texts = Record<Kind, string>

/** As consumers/aggregator/rules/check.ts has it, which decides. */
const patterns: Record<Kind, RegExp> = {
  tags: tagPattern,
  networks: /^[0-9a-f]{4}$/,
  hosts: /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/,
  programs: /^(?:[*^$]*[^*^$]){3}/,
}
const hints: Texts = {
  tags: words.tagsHint,
  networks: words.networksHint,
  hosts: words.hostsHint,
  programs: words.programsHint,
}
/** A user agent and a tag may have blanks in them. */
const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
const textsOf = (answer: ExclusionsAnswer): Texts =>
  Object.fromEntries(kinds.map((kind) => [kind, answer[kind].join('\n')])) as Texts

export function Excluded({ site, administrator }: { site: string; administrator: boolean }) {
  const path = apiPath(site, 'exclusions')
  const { data, error, retry } = useFetched<ExclusionsAnswer>(path)
  return (
    <Section title={words.title} lead={words.lead}>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {data && <ExcludedForm path={path} held={data} />}
      <p class="settings-lead">
        {words.past} {administrator ? <a href="/replays">{words.toReplays}</a> : words.pastOfOthers}
      </p>
    </Section>
  )
}

function ExcludedForm({ path, held }: { path: string; held: ExclusionsAnswer }) {
  const id = useId()
  const [written, setWritten] = useState(textsOf(held))
  const [problems, setProblems] = useState<Partial<Texts>>({})
  const [done, setDone] = useState<string>()
  const { busy, problem, run } = useAction()
  // Before anybody can type: a moment later it would take away what was typed.
  useLayoutEffect(() => setWritten(textsOf(held)), [held])

  async function submit(): Promise<void> {
    setDone(undefined)
    const found = Object.fromEntries(
      kinds.flatMap((kind) => {
        const wrong = linesOf(written[kind]).find((line) => !patterns[kind].test(line))
        return wrong === undefined ? [] : [[kind, words.bad[kind](wrong)]]
      }),
    ) as Partial<Texts>
    setProblems(found)
    const [first] = Object.keys(found)
    if (first !== undefined) return document.getElementById(`${id}-${first}`)?.focus()
    await run(async () => {
      const body = Object.fromEntries(kinds.map((kind) => [kind, linesOf(written[kind])]))
      const { since } = await postJson<ExclusionsAnswer>(path, body)
      setDone(since === null ? settingsTexts.saved : words.holds(secondText(since)))
    })
  }

  return (
    <Form problem={problem} onSubmit={submit} end={<FormEnd button={settingsTexts.save} busy={busy} done={done} />}>
      <div class="field-pair">
        {kinds.map((kind) => (
          <Field key={kind} id={`${id}-${kind}`} label={words[kind]} hint={hints[kind]} problem={problems[kind]}>
            {(attributes) => (
              <textarea
                {...attributes}
                rows={2}
                spellcheck={false}
                value={written[kind]}
                onInput={({ currentTarget }) => setWritten({ ...written, [kind]: currentTarget.value })}
              />
            )}
          </Field>
        ))}
      </div>
    </Form>
  )
}

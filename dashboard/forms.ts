/** The forms for who is not signed in, and what they say when something is wrong: a document for each, made at build. */
import { minPasswordLength } from './answers.ts'
import { type BundleFiles, type FormWords, formDocument } from './documents.ts'
import { formTexts } from './page/forms/texts.ts'
import type { Language } from './page/language.ts'
import { maxPasswordLength } from './session/passwords.ts'

export const formNames = [
  'sign-in.html',
  'sign-in-wrong.html',
  'sign-in-throttled.html',
  'sign-in-busy.html',
  'invitation.html',
  'invitation-wrong.html',
  'invitation-short.html',
  'invitation-throttled.html',
  'invitation-busy.html',
  'invitation-gone.html',
  'reset.html',
  'reset-wrong.html',
  'reset-short.html',
  'reset-throttled.html',
  'reset-busy.html',
  'reset-gone.html',
  'shared.html',
  'shared-wrong.html',
  'shared-throttled.html',
  'shared-busy.html',
  'shared-gone.html',
  'alerts-confirm.html',
  'alerts-on.html',
  'alerts-leave.html',
  'alerts-off.html',
  'alerts-gone.html',
] as const
export type FormName = (typeof formNames)[number]

type Words = (typeof formTexts)[Language]

export function formDocuments(files: BundleFiles, language: Language): Record<FormName, string> {
  const words = formTexts[language]
  const { signIn, invitation, reset, shared, alerts } = words
  const document = (form: FormWords, told?: string) => formDocument(files, language, form, told)
  const signInForm = { title: signIn.title, lead: signIn.lead, fields: signInFields(words) }
  const invitationForm = {
    title: invitation.title,
    lead: invitation.lead,
    fields: newPasswordFields(words, invitation.button),
  }
  const resetForm = { title: reset.title, lead: reset.lead, fields: newPasswordFields(words, reset.button) }
  const sharedForm = { title: shared.title, lead: shared.lead, fields: sharedFields(words) }
  return {
    'sign-in.html': document(signInForm),
    'sign-in-wrong.html': document(signInForm, signIn.wrong),
    'sign-in-throttled.html': document(signInForm, signIn.throttled),
    'sign-in-busy.html': document(signInForm, signIn.busy),
    'invitation.html': document(invitationForm),
    'invitation-wrong.html': document(invitationForm, invitation.wrong),
    'invitation-short.html': document(invitationForm, words.shortPassword(minPasswordLength)),
    'invitation-throttled.html': document(invitationForm, signIn.throttled),
    'invitation-busy.html': document(invitationForm, signIn.busy),
    'invitation-gone.html': document({ ...invitation.gone, fields: toSignIn(words) }),
    'reset.html': document(resetForm),
    'reset-wrong.html': document(resetForm, reset.wrong),
    'reset-short.html': document(resetForm, words.shortPassword(minPasswordLength)),
    'reset-throttled.html': document(resetForm, signIn.throttled),
    'reset-busy.html': document(resetForm, signIn.busy),
    'reset-gone.html': document({ ...reset.gone, fields: toSignIn(words) }),
    'shared.html': document(sharedForm),
    'shared-wrong.html': document(sharedForm, shared.wrong),
    'shared-throttled.html': document(sharedForm, signIn.throttled),
    'shared-busy.html': document(sharedForm, signIn.busy),
    'shared-gone.html': document({ ...shared.gone, fields: toSignIn(words) }),
    'alerts-confirm.html': document({ ...alerts.confirm, fields: oneButton(alerts.confirm.button) }),
    'alerts-on.html': document({ ...alerts.on, fields: '' }),
    'alerts-leave.html': document({ ...alerts.leave, fields: oneButton(alerts.leave.button) }),
    'alerts-off.html': document({ ...alerts.off, fields: '' }),
    'alerts-gone.html': document({ ...alerts.gone, fields: '' }),
  }
}

function signInFields(words: Words): string {
  const { button, byToken, token, tokenHint, tokenButton } = words.signIn
  return `    <form method="post" action="/sign-in">
      ${emailField(words, ' autofocus')}
      <label>${words.password} <input name="password" type="password" autocomplete="current-password" required></label>
      <button class="button button-primary" type="submit">${button}</button>
    </form>
    <details>
      <summary>${byToken}</summary>
      <form method="post" action="/sign-in">
        <label>${token} <input name="token" type="password" autocomplete="off" required></label>
        <small>${tokenHint}</small>
        <button class="button" type="submit">${tokenButton}</button>
      </form>
    </details>`
}

/** Without an action the form goes to the address that it came from, which holds the secret. */
function newPasswordFields(words: Words, button: string): string {
  const bounds = `minlength="${minPasswordLength}" maxlength="${maxPasswordLength}"`
  return `    <form method="post">
      ${emailField(words, ' autofocus')}
      <label>${words.password} <input name="password" type="password" autocomplete="new-password" required
        ${bounds} aria-describedby="password-hint"></label>
      <small id="password-hint">${words.passwordHint(minPasswordLength)}</small>
      <button class="button button-primary" type="submit">${button}</button>
    </form>`
}

function sharedFields(words: Words): string {
  return `    <form method="post">
      <label>${words.password} <input name="password" type="password" autocomplete="off" required autofocus></label>
      <button class="button button-primary" type="submit">${words.shared.button}</button>
    </form>`
}

function oneButton(button: string): string {
  return `    <form method="post">
      <button class="button button-primary" type="submit">${button}</button>
    </form>`
}

function emailField(words: Words, more: string): string {
  return `<label>${words.email} <input name="email" type="email" autocomplete="username" required${more}></label>`
}

function toSignIn(words: Words): string {
  return `    <a class="button" href="/sign-in">${words.toSignIn}</a>`
}

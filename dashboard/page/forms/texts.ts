/** What the forms say that need no script: sign-in, invitations, new passwords, shared links. */
import type { Language, Translation } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  signIn: {
    title: 'Sign in',
    lead: 'With the e-mail address that you were invited with.',
    button: 'Sign in',
    byToken: 'With the administrator’s token',
    token: 'Token',
    tokenHint: 'It is printed when Retrace starts.',
    tokenButton: 'Sign in with the token',
    wrong: 'That did not match. Check it and try again.',
    throttled: 'Too many wrong attempts. Wait a minute, then try again.',
    busy: 'Many people are signing in right now. Try again in a moment.',
  },
  email: 'E-mail address',
  password: 'Password',
  passwordHint: (least: number) => `At least ${least} characters. A sentence is easy to remember.`,
  shortPassword: (least: number) => `The password needs at least ${least} characters.`,
  invitation: {
    title: 'You are invited',
    lead: 'Give the address that this link was made for, and choose a password. If you have one here already, give that.',
    button: 'Join',
    wrong: 'This address is not the one that the link was made for, or the password is not the one that you have.',
    gone: {
      title: 'This link is used up',
      lead: 'It works once, for a week. Ask whoever sent it for another.',
    },
  },
  reset: {
    title: 'A new password',
    lead: 'Give the address that this link was made for, and choose another password. You are signed out everywhere else.',
    button: 'Keep and sign in',
    wrong: 'This address is not the one that the link was made for.',
    gone: {
      title: 'This link is used up',
      lead: 'It works once, for a day, until there is a newer one. Ask whoever sent it for another.',
    },
  },
  shared: {
    title: 'Shared figures',
    lead: 'Whoever sent you this link has protected it by a password.',
    button: 'Show the figures',
    wrong: 'That is not its password.',
    gone: {
      title: 'This link works no more',
      lead: 'It has expired, or was taken back. Ask whoever sent it for another.',
    },
  },
  alerts: {
    confirm: {
      title: 'Alerts to your address?',
      lead: 'Whoever runs a site here would like to tell you of anomalies of its traffic, at the address that this link was sent to.',
      button: 'Yes, send them',
    },
    on: {
      title: 'You will be told',
      lead: 'Anomalies that begin from now on are told to your address. Each mail has a link to stop it.',
    },
    leave: {
      title: 'Be told nothing more?',
      lead: 'The address that this link was sent to gets no alerts of that site any more.',
      button: 'Stop the alerts',
    },
    off: { title: 'You are told nothing more', lead: 'No more alerts of that site go to your address.' },
    gone: {
      title: 'This link works no more',
      lead: 'The site does not want to tell this address any more. Nothing is sent to it.',
    },
  },
  toSignIn: 'To sign-in',
}

export const formTexts: Record<Language, Translation<typeof en>> = { en, de }

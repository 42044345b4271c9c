import type { Translation } from '../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  signIn: {
    title: 'Anmelden',
    lead: 'Mit der E-Mail-Adresse, mit der Sie eingeladen wurden.',
    button: 'Anmelden',
    byToken: 'Mit dem Token der Verwaltung',
    token: 'Token',
    tokenHint: 'Es wird ausgegeben, wenn Retrace startet.',
    tokenButton: 'Mit dem Token anmelden',
    wrong: 'Das passt nicht zusammen. Prüfen Sie es und versuchen Sie es noch einmal.',
    throttled: 'Zu viele falsche Versuche. Warten Sie eine Minute, dann versuchen Sie es noch einmal.',
    busy: 'Gerade melden sich viele an. Versuchen Sie es gleich noch einmal.',
  },
  email: 'E-Mail-Adresse',
  password: 'Passwort',
  passwordHint: (least: number) => `Mindestens ${least} Zeichen. Ein Satz ist leicht zu behalten.`,
  shortPassword: (least: number) => `Das Passwort braucht mindestens ${least} Zeichen.`,
  invitation: {
    title: 'Sie sind eingeladen',
    lead: 'Geben Sie die Adresse an, für die dieser Link gemacht wurde, und wählen Sie ein Passwort. Haben Sie hier schon eines, dann geben Sie das an.',
    button: 'Beitreten',
    wrong: 'Das ist nicht die Adresse, für die der Link gemacht wurde, oder nicht das Passwort, das Sie haben.',
    gone: {
      title: 'Dieser Link ist verbraucht',
      lead: 'Er gilt einmal, eine Woche lang. Bitten Sie um einen neuen, wo Sie ihn her haben.',
    },
  },
  reset: {
    title: 'Ein neues Passwort',
    lead: 'Geben Sie die Adresse an, für die dieser Link gemacht wurde, und wählen Sie ein anderes Passwort. Überall sonst werden Sie abgemeldet.',
    button: 'Behalten und anmelden',
    wrong: 'Das ist nicht die Adresse, für die der Link gemacht wurde.',
    gone: {
      title: 'Dieser Link ist verbraucht',
      lead: 'Er gilt einmal, einen Tag lang, bis es einen neueren gibt. Bitten Sie um einen neuen, wo Sie ihn her haben.',
    },
  },
  shared: {
    title: 'Geteilte Zahlen',
    lead: 'Dieser Link ist mit einem Passwort geschützt.',
    button: 'Zahlen zeigen',
    wrong: 'Das ist nicht sein Passwort.',
    gone: {
      title: 'Dieser Link gilt nicht mehr',
      lead: 'Er ist abgelaufen oder wurde widerrufen. Bitten Sie um einen neuen, wo Sie ihn her haben.',
    },
  },
  alerts: {
    confirm: {
      title: 'Benachrichtigungen an Ihre Adresse?',
      lead: 'Wer hier eine Website betreibt, möchte Ihnen von Auffälligkeiten ihrer Zugriffe berichten, an die Adresse, an die dieser Link ging.',
      button: 'Ja, senden',
    },
    on: {
      title: 'Sie werden benachrichtigt',
      lead: 'Auffälligkeiten, die ab jetzt beginnen, werden an Ihre Adresse gemeldet. Jede Mail hat einen Link, der das beendet.',
    },
    leave: {
      title: 'Nicht mehr benachrichtigt werden?',
      lead: 'Die Adresse, an die dieser Link ging, bekommt von dieser Website keine Benachrichtigungen mehr.',
      button: 'Benachrichtigungen beenden',
    },
    off: {
      title: 'Sie werden nicht mehr benachrichtigt',
      lead: 'An Ihre Adresse gehen von dieser Website keine Benachrichtigungen mehr.',
    },
    gone: {
      title: 'Dieser Link gilt nicht mehr',
      lead: 'Die Website will dieser Adresse nicht mehr berichten. Es wird nichts dorthin gesendet.',
    },
  },
  toSignIn: 'Zur Anmeldung',
}

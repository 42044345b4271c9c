/** What the API refuses, in the reader's language: its own sentences are English. */
import type { ProblemAnswer } from '../answers.ts'
import type { ProblemCode } from '../problems.ts'
import { language } from './language.ts'

export const germanProblems: Record<ProblemCode, string> = {
  bad_parameter: 'Eine Angabe ist nicht brauchbar.',
  bad_sql: 'Das ist keine Frage in SQL.',
  sql_not_allowed: 'Das lässt sich in SQL nicht fragen.',
  sql_too_large:
    'Das dauert länger oder braucht mehr Speicher, als es darf: Fragen Sie nach weniger Tagen oder nach weniger.',
  bad_body: 'Die Eingaben sind nicht brauchbar.',
  not_signed_in: 'Melden Sie sich an.',
  wrong_origin: 'Das geht nur vom Dashboard selbst aus.',
  not_allowed: 'Ihre Rolle erlaubt das nicht.',
  wrong_password: 'Das ist nicht Ihr Passwort.',
  member_elsewhere: 'Dieses Mitglied hat auch eine Website, die nicht Ihre ist: Fragen Sie die Verwaltung.',
  unknown_site: 'Eine solche Website gibt es nicht.',
  unknown_generation: 'Eine solche Generation gibt es nicht, oder nichts von ihr ist erhalten.',
  unknown_member: 'Ein solches Mitglied gibt es nicht.',
  unknown_invitation: 'Eine solche Einladung gibt es nicht: Sie wurde benutzt, zurückgenommen oder ist zu alt.',
  unknown_reset: 'Einen solchen Link gibt es nicht: Er wurde benutzt, zurückgenommen oder ist zu alt.',
  unknown_token: 'Ein solches Token gibt es nicht.',
  unknown_anomaly: 'Eine solche Auffälligkeit gibt es bei dieser Website nicht.',
  unknown_note: 'Eine solche Notiz gibt es bei dieser Website nicht.',
  unknown_segment: 'Ein solches Segment gibt es bei dieser Website nicht.',
  unknown_goal: 'Ein solches Ziel gibt es bei dieser Website nicht.',
  unknown_funnel: 'Einen solchen Trichter gibt es bei dieser Website nicht.',
  unknown_visit: 'Einen solchen Besuch gibt es in diesem Zeitraum nicht.',
  unknown_channel: 'Dort wird von dieser Website nicht berichtet.',
  unknown_link: 'Einen solchen Link gibt es nicht.',
  nothing_archived: 'Von diesen Tagen ist nichts archiviert.',
  not_found: 'Unter dieser Adresse ist nichts.',
  site_closed: 'Diese Website ist geschlossen: Alle ihre Daten werden gelöscht.',
  site_exists: 'Eine Website dieses Namens gibt es schon.',
  replay_not_ready: 'Nur eine fertige Wiederholung lässt sich veröffentlichen.',
  replay_not_published: 'Diese Wiederholung ist nicht veröffentlicht.',
  replay_is_published: 'Diese Wiederholung ist veröffentlicht. Nehmen Sie sie erst zurück.',
  replay_is_dropped: 'Diese Wiederholung wurde schon verworfen.',
  replay_in_use: 'Ihre Zahlen sind vielleicht noch in Gebrauch. Versuchen Sie es später noch einmal.',
  too_many_publications: 'Es ist zu viel veröffentlicht. Nehmen Sie zurück, was nicht mehr zählt.',
  no_mail_server: 'Hier ist kein Mailserver eingestellt (RETRACE_SMTP_URL).',
  too_many_confirmations:
    'Heute wurden für diese Website schon zu viele Adressen gefragt. Versuchen Sie es morgen noch einmal.',
  too_many_entries: 'Davon gibt es zu viele. Entfernen Sie, was nicht gebraucht wird.',
  body_too_large: 'Die Eingaben sind zu lang.',
  unsupported_media_type: 'Diese Art von Daten wird nicht angenommen.',
  too_many_attempts: 'Zu viele falsche Token oder Passwörter. Warten Sie eine Minute.',
  too_many_viewers: 'Zu viele Seiten sehen live zu. Schließen Sie einige, oder versuchen Sie es noch einmal.',
  too_many_passwords: 'Gerade melden sich zu viele an. Versuchen Sie es noch einmal.',
  too_many_exports: 'Andere Archive werden gerade heruntergeladen. Versuchen Sie es danach noch einmal.',
  too_many_questions: 'Gerade wird eine andere Frage beantwortet. Fragen Sie danach noch einmal.',
  too_many_traces: 'Gerade wird ein anderes Ereignis verfolgt. Versuchen Sie es danach noch einmal.',
  trace_too_long: 'Diese Tage sind zu groß, um darauf zu warten: npm run trace durchsucht sie.',
  facts_too_large: 'Das zu zählen dauert zu lange. Wählen Sie weniger Tage oder weniger Filter.',
  facts_failed: 'Woraus Filter beantwortet werden, lässt sich aus dem Archiv nicht herstellen.',
  unavailable: 'Die Zahlen sind gerade nicht lesbar; versuchen Sie es noch einmal.',
  internal: 'Das ist ein Fehler von uns; er ist festgehalten.',
}

/** @returns nothing where the answer is none of the API's */
export function problemText({ code = '', message = '' }: Partial<ProblemAnswer>): string {
  if (language === 'en') return message
  return (germanProblems as Record<string, string | undefined>)[code] ?? message
}

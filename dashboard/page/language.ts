/**
 * The language of the page and the locale in which it writes numbers and dates. Both are found once, when the page
 * starts: another choice loads it anew, so that everywhere else a catalogue is an object that stays the same.
 */
export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

/** Each in its own words: who cannot read the others finds it. */
export const languageNames: Record<Language, string> = { en: 'English', de: 'Deutsch' }

/** `system`: the first of the browser's languages that there is. */
export const languageChoices = ['system', ...languages] as const
export type LanguageChoice = (typeof languageChoices)[number]

const storageKey = 'retrace-language'

export function readLanguageChoice(): LanguageChoice {
  try {
    const stored = localStorage.getItem(storageKey)
    return languageChoices.find((choice) => choice === stored) ?? 'system'
  } catch {
    // Storage may be blocked altogether.
    return 'system'
  }
}

/** @returns whether it is kept; where it is not, another start would not know of it */
export function storeLanguageChoice(choice: LanguageChoice): boolean {
  try {
    if (choice === 'system') localStorage.removeItem(storageKey)
    else localStorage.setItem(storageKey, choice)
    return true
  } catch {
    return false
  }
}

/**
 * @param preferred languages of the reader as BCP 47 has them (`de-AT`), the best one first
 * @returns a language that there is, and the reader's own locale of it: a German text has the numbers of Austria
 */
export function findLanguage(
  choice: LanguageChoice,
  preferred: readonly string[],
): { language: Language; locale: string } {
  const known = preferred.filter(isLocale)
  const offered = known.flatMap((locale) => {
    const language = languages.find((name) => locale.toLowerCase().split('-')[0] === name)
    return language ? [{ language, locale }] : []
  })
  if (choice === 'system') return offered[0] ?? { language: 'en', locale: known[0] ?? 'en' }
  return offered.find(({ language }) => language === choice) ?? { language: choice, locale: choice }
}

/** Where the system says no language, Chromium tells one that Intl refuses: `en-US@posix`. */
function isLocale(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length === 1
  } catch {
    return false
  }
}

// The build reads the catalogues as well, where no reader has a language.
const inBrowser = 'document' in globalThis
export const { language, locale } = findLanguage(
  inBrowser ? readLanguageChoice() : 'system',
  inBrowser ? navigator.languages : ['en'],
)

/** The same catalogue with other words: a key that is missing or too many is an error of types. */
export type Translation<Texts> = {
  readonly [Key in keyof Texts]: Texts[Key] extends string
    ? string
    : Texts[Key] extends (...values: infer Values) => string
      ? (...values: Values) => string
      : Translation<Texts[Key]>
}

export function pickTexts<Texts>(en: Texts, de: Translation<Texts>): Translation<Texts> {
  return language === 'de' ? de : (en as Translation<Texts>)
}

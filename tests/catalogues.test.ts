/** Every word of the page is there in every language, and the reader's settings decide between them. */
import { describe, expect, it } from 'vitest'
import { findLanguage } from '../dashboard/page/language.ts'
import { germanProblems } from '../dashboard/page/problem-words.ts'
import { problems } from '../dashboard/problems.ts'
import { constantParts, englishWords, loadCatalogues, sharedWords } from './support/catalogues.ts'

const { english, german } = await loadCatalogues()

describe('the catalogues', () => {
  it('say the same things', () => {
    expect([...german.keys()]).toEqual([...english.keys()])
    expect(Object.keys(germanProblems)).toEqual(Object.keys(problems))
  })

  it('have no English left in German', () => {
    const left = [...german].filter(([path, text]) => {
      const same = constantParts(text).filter((part) => constantParts(english.get(path) ?? '').includes(part))
      return same.some((part) => !sharedWords.test(part)) || text.match(englishWords) !== null
    })
    expect(left).toEqual([])
    expect(Object.values(germanProblems).filter((text) => text.match(englishWords))).toEqual([])
  })
})

it.each([
  ['system', ['de-AT', 'en'], 'de', 'de-AT'],
  ['system', ['fr-FR', 'en-GB', 'de'], 'en', 'en-GB'],
  ['system', ['fr-FR'], 'en', 'fr-FR'],
  ['system', [], 'en', 'en'],
  ['system', ['en-US@posix', '*'], 'en', 'en'],
  ['system', ['C', 'de'], 'de', 'de'],
  ['de', ['en-US', 'de-CH'], 'de', 'de-CH'],
  ['de', ['en-US'], 'de', 'de'],
] as const)(
  'by the choice "%s" among %j, the language is %s and numbers are of %s',
  (choice, preferred, language, locale) => {
    expect(findLanguage(choice, preferred)).toEqual({ language, locale })
  },
)

/** The words of the overview in both languages: none is missing, none is empty. */
import { expect, it } from 'vitest'
import { de as chartGerman } from '../dashboard/page/chart/texts.de.ts'
import { texts as chart } from '../dashboard/page/chart/texts.ts'
import { de as panelsGerman } from '../dashboard/page/panels/texts.de.ts'
import { texts as panels } from '../dashboard/page/panels/texts.ts'

type Words = { [name: string]: string | Words | ((...parts: string[]) => string) }

/** Each sentence by its path; of those that take words, what they make of them. */
function sentences(words: Words, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, word]): [string, string][] => {
    if (typeof word === 'string') return [[`${path}${name}`, word]]
    if (typeof word === 'function') return [[`${path}${name}`, word('<1>', '<2>', '<3>', '<4>')]]
    return sentences(word, `${path}${name}.`)
  })
}

it.each([
  ['chart', chart, chartGerman],
  ['panels', panels, panelsGerman],
])('%s', (_, english, german) => {
  const [one, other] = [sentences(english as Words), sentences(german as Words)]
  expect(other.map(([path]) => path)).toEqual(one.map(([path]) => path))
  expect(other.filter(([, sentence]) => sentence.trim() === '')).toEqual([])
  const places = (found: [string, string][]) => found.map(([, sentence]) => sentence.match(/<\d>/g)?.sort())
  expect(places(other)).toEqual(places(one))
})

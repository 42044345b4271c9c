/** What a user agent says of browser, system and device, and whether a program sent it (isbot's list). */
import Bowser from 'bowser'
import { isbot } from 'isbot'
import { Remembered } from './remembered.ts'

/** The very same for all user agents of which the same is said. */
export type Browser = { bot: boolean; browser: string; os: string; device: string }

/** A site sees some hundred user agents again and again; parsing one takes longer than folding an event. */
const browsers = new Remembered(10_000, parse)
/** What is said of all programs. */
export const program: Browser = { bot: true, browser: '', os: '', device: '' }

const kinds = new Remembered(10_000, (json) => JSON.parse(json) as Browser)

export function browserOf(userAgent: string): Browser {
  // Every browser names itself; what does not is a program.
  if (userAgent === '') return program
  return browsers.get(userAgent)
}

function parse(userAgent: string): Browser {
  if (isbot(userAgent)) return program
  const { browser, os, platform } = Bowser.parse(userAgent)
  const kind: Browser = { bot: false, browser: browser.name ?? '', os: os.name ?? '', device: platform.type ?? '' }
  return kinds.get(JSON.stringify(kind))
}

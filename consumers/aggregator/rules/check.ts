/** Says what is wrong with rules: everything at once, each problem with its place and what is allowed there. */
import { sitePattern } from '../../../stream/site.ts'
import { tagHelp, tagPattern } from '../../../stream/tag.ts'
import { usualChannelsMark, type WrittenRules } from './document.ts'

/** As many as anybody writes by hand, and few enough that what is new to the caches is found in microseconds. */
export const mostEntries = 1000
/** Far more than anybody writes by hand; a replay hands the documents of all its segments to each of its threads. */
export const mostDocumentBytes = 64 * 1024
/** A visit is remembered for at least two hours (fold-state.ts). */
export const mostTimeoutMinutes = 120
const mostProblems = 100

export type Checked = { ok: true; written: WrittenRules } | { ok: false; problems: string[] }

/** @param value a document as parsed JSON */
export function checkRules(value: unknown): Checked {
  const problems: string[] = []
  const check = new Check((problem) => problems.push(problem))
  check.fields('', value, {
    all: (path, section) => checkSection(check, path, section, true),
    sites: (path, sites) =>
      check.entries(path, sites, (name, place, section) => {
        if (!new RegExp(sitePattern).test(name)) check.wrong(place, 'is no name of a site')
        checkSection(check, place, section, false)
      }),
  })
  if (problems.length === 0 && Buffer.byteLength(JSON.stringify(value)) > mostDocumentBytes)
    problems.push(`rules may take ${mostDocumentBytes} bytes as JSON`)
  if (problems.length === 0) return { ok: true, written: value as WrittenRules }
  const more = problems.length - mostProblems
  return { ok: false, problems: more > 0 ? [...problems.slice(0, mostProblems), `… and ${more} more`] : problems }
}

function checkSection(check: Check, path: string, section: unknown, isForAll: boolean): void {
  check.fields(path, section, {
    bots: (at, list) => check.list(at, list, (place, pattern) => checkUserAgent(check, place, pattern)),
    internal: (at, internal) =>
      check.fields(at, internal, {
        visitors: (place, list) => check.texts(place, list, /^[0-9a-f]{16}$/, 'must be 16 hex digits, lower case'),
        hosts: (place, list) => check.texts(place, list, host, hostHelp),
        tags: (place, list) => check.texts(place, list, tagPattern, tagHelp),
        networks: (place, list) => check.texts(place, list, /^[0-9a-f]{4}$/, networkHelp),
      }),
    channels: (at, list) =>
      check.list(at, list, (place, rule) => {
        if (!(isForAll && rule === usualChannelsMark)) checkChannel(check, place, rule, isForAll)
      }),
    pages: (at, list) => check.list(at, list, (place, rule) => checkPage(check, place, rule)),
    visitTimeoutMinutes: (at, minutes) => {
      if (!Number.isInteger(minutes) || (minutes as number) < 1 || (minutes as number) > mostTimeoutMinutes)
        check.wrong(at, `must be an integer from 1 to ${mostTimeoutMinutes}`)
    },
  })
}

function checkUserAgent(check: Check, path: string, pattern: unknown): void {
  if (typeof pattern !== 'string' || pattern.length > 512) check.wrong(path, 'must be a text of at most 512 characters')
  // Shorter ones are in nearly every user agent.
  else if (pattern.replace(/[*^$]/g, '').length < 3)
    check.wrong(path, 'must have at least 3 characters besides *, ^ and $')
}

/** Most will try an address first. */
const networkHelp = 'must be 4 hex digits, lower case: npm run rules -- network RANGE tells those of a range'
const host = /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/
const hostHelp = 'must be a host in lower case, such as example.org or *.example.org'
const lowerCase = /^[^A-Z]{1,200}$/
const lowerCaseHelp = 'must be a text in lower case of 1 to 200 characters'

function checkChannel(check: Check, path: string, rule: unknown, mayBeUsual: boolean): void {
  if (typeof rule === 'string') {
    check.wrong(path, mayBeUsual ? 'must be a rule or "usual"' : 'must be a rule ("usual" stands in "all" alone)')
    return
  }
  const conditions = {
    medium: (at: string, list: unknown) => check.someTexts(at, list, lowerCase, lowerCaseHelp),
    source: (at: string, list: unknown) => check.someTexts(at, list, lowerCase, lowerCaseHelp),
    host: (at: string, list: unknown) => check.someTexts(at, list, host, hostHelp),
    name: (at: string, list: unknown) => check.someTexts(at, list, lowerCase, lowerCaseHelp),
  }
  const isRule = check.fields(path, rule, {
    channel: (at, name) => {
      if (typeof name !== 'string' || !/^\P{Cc}{1,40}$/u.test(name))
        check.wrong(at, 'must be a text of 1 to 40 characters')
    },
    ...conditions,
  })
  if (!isRule) return
  if (!('channel' in rule)) check.wrong(path, 'needs a "channel"')
  if (!Object.keys(conditions).some((name) => name in rule))
    check.wrong(path, `needs at least one of ${Object.keys(conditions).join(', ')}`)
}

function checkPage(check: Check, path: string, rule: unknown): void {
  const isText = (text: unknown): text is string => typeof text === 'string'
  const address = (at: string, text: unknown) => {
    if (!isText(text) || !/^\/[^\s]{0,511}$/.test(text))
      check.wrong(at, 'must begin with / and have at most 512 characters, none of them blank')
  }
  const isRule = check.fields(path, rule, {
    match: (at, text) => {
      address(at, text)
      if (!isText(text)) return
      const steps = text.replace(/\*\*$/, '*').split('/')
      if (steps.some((step) => step.split('*').length > 2))
        check.wrong(at, 'may have one * between two slashes, and ** at the end')
    },
    rename: address,
    group: address,
  })
  if (!isRule) return
  const { match, rename } = rule as { match?: unknown; rename?: unknown }
  if (match === undefined) check.wrong(path, 'needs a "match"')
  if ('rename' in rule === 'group' in rule) check.wrong(path, 'needs either "rename" or "group"')
  if (isText(rename) && rename.includes('*') && !(rename.endsWith('**') && isText(match) && match.endsWith('**')))
    check.wrong(`${path}.rename`, 'may have a * only as ** at the end, behind a match that ends in ** too')
}

type FieldCheck = (path: string, value: unknown) => void

/** Walks a value and tells of what it must not be. */
class Check {
  readonly #tell: (problem: string) => void

  constructor(tell: (problem: string) => void) {
    this.#tell = tell
  }

  wrong(path: string, what: string): void {
    this.#tell(`${path || 'a document'} ${what}`)
  }

  /** @returns whether it is an object at all */
  fields(path: string, value: unknown, known: Readonly<Record<string, FieldCheck>>): value is object {
    return this.entries(path, value, (name, place, field) => {
      if (Object.hasOwn(known, name)) known[name]?.(place, field)
      else this.wrong(place, `is not known; allowed here: ${Object.keys(known).join(', ')}`)
    })
  }

  entries(path: string, value: unknown, each: (name: string, path: string, value: unknown) => void): value is object {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.wrong(path, 'must be a JSON object')
      return false
    }
    const entries = Object.entries(value)
    if (entries.length > mostEntries) this.wrong(path, `may have ${mostEntries} entries`)
    for (const [name, field] of entries.slice(0, mostEntries)) each(name, path ? `${path}.${name}` : name, field)
    return true
  }

  list(path: string, value: unknown, each: FieldCheck): void {
    if (!Array.isArray(value)) {
      this.wrong(path, 'must be a list')
      return
    }
    if (value.length > mostEntries) this.wrong(path, `may have ${mostEntries} entries`)
    for (const [i, entry] of value.slice(0, mostEntries).entries()) each(`${path}[${i}]`, entry)
  }

  texts(path: string, value: unknown, form: RegExp, help: string): void {
    this.list(path, value, (place, text) => {
      if (typeof text !== 'string' || !form.test(text)) this.wrong(place, help)
    })
  }

  someTexts(path: string, value: unknown, form: RegExp, help: string): void {
    if (Array.isArray(value) && value.length === 0) this.wrong(path, 'must have an entry; leave it out for any')
    else this.texts(path, value, form, help)
  }
}

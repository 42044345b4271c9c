/** The command line of `npm run rules`, pure: what was asked for, or the one line that says what is wrong with it. */
import { parseArgs } from 'node:util'
import { tagHelp, tagPattern } from '../../stream/tag.ts'
import { networksOf } from './ranges.ts'

export type Example = {
  site: string
  url: string
  referrer: string | undefined
  userAgent: string
  tag: string | undefined
  network: string | undefined
}

export type RulesCommand =
  | { kind: 'check'; file: string }
  | { kind: 'show'; file: string | undefined }
  | { kind: 'use'; rules: string }
  | { kind: 'network'; networks: readonly string[] }
  | { kind: 'explain'; file: string | undefined; example: Example }
  | { kind: 'help' }
  | { kind: 'wrong'; message: string }

export const help = `Checks rules by which events count, and shows what they make of an example (docs/rules.md).

npm run rules -- check FILE
npm run rules -- use FILE|VERSION|usual
npm run rules -- show [FILE]
npm run rules -- explain --url URL [--referrer URL] [--user-agent TEXT] [--tag TAG] [--network HASH] [--site SITE]
                           [--rules FILE]
npm run rules -- network RANGE

  use           from half a minute on, what arrives counts by these rules: those of a file, of a version that a replay or
                an earlier use named, or the usual ones. What arrived before keeps its figures (npm run replay)
  check         all problems of a file, each with its place and what is allowed there; or the version of the rules
  show          the rules with nothing left out: what a file says, and what is usual
  explain       which page, channel and browser an event would count under, or why it would not count
  network       the hashes by which rules know the networks of a range of addresses, such as 203.0.113.0/24 or
                2001:db8:1::/48
  --rules FILE  by these rules; without it, by the usual ones
  --site SITE   at this site (default: one that the rules do not name)

Exit status: 0 done, 1 the rules have problems or cannot be read, 2 the command was wrong.`

/** A browser as people have it. */
const usualUserAgent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'

/** @param argv arguments after the script's name */
export function parseRulesCommand(argv: string[]): RulesCommand {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        referrer: { type: 'string' },
        'user-agent': { type: 'string', default: usualUserAgent },
        tag: { type: 'string' },
        network: { type: 'string' },
        site: { type: 'string', default: '' },
        rules: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { kind: 'help' }
    const [command, file, ...more] = positionals
    if (more.length > 0) return wrong(`"${more[0]}" is one argument too many`)
    const { url, referrer, tag, network, site, rules, 'user-agent': userAgent } = values
    switch (command) {
      case 'check':
        return file === undefined ? wrong('check needs a FILE') : { kind: 'check', file }
      case 'use':
        return file === undefined ? wrong('use needs a FILE, a VERSION or usual') : { kind: 'use', rules: file }
      case 'show':
        return { kind: 'show', file }
      case 'explain':
        if (file !== undefined) return wrong(`"${file}" is one argument too many; rules are given with --rules`)
        if (!isAddress(url)) return wrong('explain needs a --url such as https://example.org/page')
        if (referrer !== undefined && !isAddress(referrer))
          return wrong('--referrer must be an address such as https://example.org/')
        if (tag !== undefined && !tagPattern.test(tag)) return wrong(`--tag ${tagHelp}`)
        if (network !== undefined && !/^[0-9a-f]{4}$/.test(network))
          return wrong('--network must be 4 hex digits, as npm run rules -- network RANGE tells them')
        return { kind: 'explain', file: rules, example: { site, url, referrer, userAgent, tag, network } }
      case 'network': {
        if (file === undefined) return wrong('network needs a RANGE such as 203.0.113.0/24')
        const found = networksOf(file)
        return found.ok ? { kind: 'network', networks: found.networks } : wrong(found.message)
      }
      default:
        return wrong('check, use, show, explain or network is needed')
    }
  } catch (error) {
    return wrong((error as Error).message)
  }
}

function isAddress(text: string | undefined): text is string {
  return text !== undefined && /^https?:\/\//i.test(text) && URL.canParse(text)
}

function wrong(message: string): RulesCommand {
  return { kind: 'wrong', message }
}

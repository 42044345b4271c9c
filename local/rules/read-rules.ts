/** Rules from a file. */
import { readFile } from 'node:fs/promises'
import { compileRules, type Rules, usualRules } from '../../consumers/aggregator/rules/rules.ts'

/**
 * @param file without one, the usual rules
 * @throws when it is no file of rules; the message says all that is wrong with it
 */
export async function readRules(file: string | undefined): Promise<Rules> {
  if (file === undefined) return usualRules
  const result = compileRules(parse(file, await read(file)))
  if (result.ok) return result.rules
  const { length } = result.problems
  throw new Error(
    [`${file} has ${length === 1 ? 'a problem' : `${length} problems`}:`, ...result.problems].join('\n  '),
  )
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${file} is no JSON: ${(cause as Error).message}`, { cause })
  }
}

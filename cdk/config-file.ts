/** A deployment's own choices in a JSON file: what differs from `deployment` in config.ts, which stays as it came. */
import { readFileSync } from 'node:fs'
import { ConfigError, type DeploymentConfig, deployment } from './config.ts'

/** Settings without a default, and what they are. */
const optional = new Map([
  ['certificateArn', 'string'],
  ['cloudFrontDomain', 'string'],
  ['cloudFrontCertificateArn', 'string'],
  ['requestsPerAddress', 'number'],
  ['alarmEmail', 'string'],
  ['mailFrom', 'string'],
  ['alertTopics', 'string'],
  ['tracesEndpoint', 'string'],
  ['reservedConcurrency', 'number'],
])

/**
 * @returns the whole configuration; its values are for `checkConfig` to judge
 * @throws ConfigError when the file cannot be read, or has what is no setting
 */
export function readConfigFile(path: string): DeploymentConfig {
  return merge(deployment, readJson(path), '') as DeploymentConfig
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new ConfigError(code === undefined ? `it is no JSON (${message}).` : `it cannot be read (${code}).`)
  }
}

/** @param place what `base` is in the whole, with a dot behind it */
function merge(base: object, changes: unknown, place: string): object {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes))
    throw new ConfigError(`${place === '' ? 'it' : place.slice(0, -1)} must be an object of settings.`)
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(changes)) {
    const name = `${place}${key}`
    const usual = Object.hasOwn(base, key) ? merged[key] : undefined
    const wanted = usual === undefined ? optional.get(key) : typeof usual
    if (wanted === undefined) throw new ConfigError(`${name} is no setting (cdk/config.ts has them all).`)
    if (typeof usual === 'object' && usual !== null) merged[key] = merge(usual, value, `${name}.`)
    else if (typeof value === wanted) merged[key] = value
    else throw new ConfigError(`${name} must be a ${wanted}.`)
  }
  return merged
}

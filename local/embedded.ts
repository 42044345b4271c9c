/**
 * The embedded AWS-compatible servers, for every service whose endpoint is not set already: any other compatible
 * server can stand in by setting the AWS SDK's own variables.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Supervisor } from './supervisor.ts'

export const embeddedStores = [
  { name: 'kinesis store', kind: 'kinesis', variable: 'AWS_ENDPOINT_URL_KINESIS' },
  { name: 'dynamodb store', kind: 'dynamodb', variable: 'AWS_ENDPOINT_URL_DYNAMODB' },
  { name: 's3 store', kind: 's3', variable: 'AWS_ENDPOINT_URL_S3' },
] as const

/** @returns the environment in which the SDK finds the stores */
export async function startEmbeddedStores(
  supervisor: Supervisor,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const missing = embeddedStores.filter(({ variable }) => !env[variable] && !env.AWS_ENDPOINT_URL)
  const defaults = sdkDefaults(env, missing.length === embeddedStores.length)
  const endpoints = await Promise.all(
    missing.map(async ({ name, kind, variable }) => {
      const path = join(folder, kind)
      mkdirSync(path, { recursive: true })
      const port = await supervisor.start({
        name,
        command: (port) => ({
          file: 'local/store.ts',
          args: [kind, path, String(port ?? 0)],
          // s3rver encrypts the tokens of long listings with a cipher that OpenSSL 3 counts as legacy.
          nodeOptions: kind === 's3' ? ['--openssl-legacy-provider'] : [],
          env: { ...env, ...defaults },
        }),
      })
      return [variable, `http://127.0.0.1:${port}`]
    }),
  )
  return { ...defaults, ...Object.fromEntries(endpoints) }
}

/**
 * The SDK wants a region and keys, and s3rver plain request bodies.
 *
 * @param allEmbedded no other server needs the keys that are set here
 */
function sdkDefaults(env: NodeJS.ProcessEnv, allEmbedded: boolean): Record<string, string> {
  return {
    AWS_REGION: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1',
    ...(allEmbedded && { AWS_ACCESS_KEY_ID: 'embedded', AWS_SECRET_ACCESS_KEY: 'embedded', AWS_SESSION_TOKEN: '' }),
    // s3rver would store the chunk framing of streamed checksums as part of the object.
    AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
    AWS_RESPONSE_CHECKSUM_VALIDATION: 'when_required',
  }
}

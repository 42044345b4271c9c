/**
 * Questions to services of which Retrace has no client, in AWS's own protocols. MiniStack takes any signature, and
 * goes by its scope to know the service.
 */
import { region } from './ministack.ts'

const timeoutMs = 10_000

/** @returns the value of a secret of Secrets Manager */
export async function readSecret(url: string, id: string): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
      authorization: signature('secretsmanager'),
    },
    body: JSON.stringify({ SecretId: id }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { SecretString } = (await answer.json()) as { SecretString?: string }
  if (!SecretString) throw new Error(`Secrets Manager answers ${answer.status} for ${id}`)
  return SecretString
}

/** @returns names of all functions, sorted */
export async function listFunctions(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/2015-03-31/functions`, {
    headers: { authorization: signature('lambda') },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!answer.ok) throw new Error(`Lambda answers ${answer.status}`)
  const { Functions } = (await answer.json()) as { Functions: { FunctionName: string }[] }
  return Functions.map(({ FunctionName }) => FunctionName).sort()
}

/** @returns what a function answers to an event, as JSON */
export async function invoke(url: string, name: string, event: object): Promise<unknown> {
  const answer = await fetch(`${url}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers: { authorization: signature('lambda') },
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await answer.text()
  if (!answer.ok || answer.headers.has('x-amz-function-error')) throw new Error(`${name} fails: ${text}`)
  return JSON.parse(text)
}

function signature(service: string): string {
  const scope = `test/20260101/${region}/${service}/aws4_request`
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`
}

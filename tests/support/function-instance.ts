/** An instance of a bundled Lambda function, as Lambda has it: one event at a time, and stopped from answer to event. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import type { LambdaFunctionURLEvent } from 'aws-lambda'

export type UrlAnswer = { statusCode: number; headers: Record<string, string>; body: Buffer }

export type FunctionInstance = {
  /** Runs it for as long as it takes to answer. */
  invoke: (event: unknown) => Promise<unknown>
  end: () => Promise<void>
  /** Everything printed so far. */
  output: () => string
}

/** @param bundle file whose `handler` answers */
export async function startInstance(bundle: string, env: NodeJS.ProcessEnv): Promise<FunctionInstance> {
  const code = `const { handler } = await import(${JSON.stringify(pathToFileURL(bundle).href)})
    const context = { functionName: 'a-function', getRemainingTimeInMillis: () => 60_000 }
    process.on('message', (event) =>
      handler(event, context).then(
        (answer) => process.send({ answer }),
        (error) => process.send({ error: String(error?.stack ?? error) }),
      ),
    )
    process.send('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk
    })
  const ended = once(child, 'exit')
  const said = async <T>() => {
    const [message] = await Promise.race([
      once(child, 'message'),
      ended.then(() => Promise.reject(new Error(`the instance ended: ${output}`))),
    ])
    child.kill('SIGSTOP')
    return message as T
  }
  await said()
  return {
    async invoke(event) {
      const answered = said<{ answer?: unknown; error?: string }>()
      child.kill('SIGCONT')
      child.send(event as object)
      const { answer, error } = await answered
      if (error !== undefined) throw new Error(error)
      return answer
    },
    async end() {
      child.kill('SIGKILL')
      await ended
    },
    output: () => output,
  }
}

export type UrlRequest = {
  method?: string
  path: string
  query?: string
  headers?: Record<string, string>
  body?: string | Buffer
  sourceIp?: string
}

/** A request as a function URL hands it over. */
export function urlEvent(request: UrlRequest): LambdaFunctionURLEvent {
  const { method = 'GET', path, query = '', headers = {}, body, sourceIp = '203.0.113.7' } = request
  const domainName = 'abc.lambda-url.eu-west-1.on.aws'
  const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: { host: domainName, 'x-forwarded-for': sourceIp, 'x-forwarded-proto': 'https', ...length, ...headers },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc',
      domainName,
      domainPrefix: 'abc',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId: 'd5e9a1c2-0b5e-4a5a-9a51-7a1f1f6a1d11',
      routeKey: '$default',
      stage: '$default',
      time: '29/Nov/2026:10:00:00 +0000',
      timeEpoch: Date.now(),
    },
    ...(body !== undefined && { body: Buffer.from(body).toString('base64') }),
    isBase64Encoded: body !== undefined,
  }
}

/** Asks an instance as a browser would ask its URL. */
export async function ask(instance: FunctionInstance, request: UrlRequest): Promise<UrlAnswer> {
  const answer = await instance.invoke(urlEvent(request))
  const { statusCode, headers, body, isBase64Encoded } = answer as UrlAnswer & { isBase64Encoded: boolean }
  return { statusCode, headers, body: Buffer.from(`${body}`, isBase64Encoded ? 'base64' : 'utf8') }
}

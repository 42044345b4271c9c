/**
 * The answers that a fault gives instead of the store, in the protocol that the client speaks and under the names that
 * the service itself uses: a client that is told something else does not know whether to try again.
 */
import type { IncomingHttpHeaders } from 'node:http'

export type Answer = { status: number; headers: Record<string, string>; body: string }

/** The operation that a request asks for: AWS's JSON protocols name it in a header, S3 by method. */
export function operationOf(method: string, headers: IncomingHttpHeaders): string {
  const target = headers['x-amz-target']
  return typeof target === 'string' ? (target.split('.').at(-1) ?? target) : method
}

export function throttled(headers: IncomingHttpHeaders): Answer {
  switch (serviceOf(headers)) {
    case 'kinesis':
      return json(headers, 400, 'ProvisionedThroughputExceededException', throughputMessage)
    case 'dynamodb':
      return json(headers, 400, `${dynamoNames}ProvisionedThroughputExceededException`, throughputMessage)
    case 's3':
      return xml(503, 'SlowDown', 'Please reduce your request rate.')
  }
}

export function internalError(headers: IncomingHttpHeaders): Answer {
  switch (serviceOf(headers)) {
    case 'kinesis':
      return json(headers, 500, 'InternalFailure', failureMessage)
    case 'dynamodb':
      return json(headers, 500, `${dynamoNames}InternalServerError`, failureMessage)
    case 's3':
      return xml(500, 'InternalError', failureMessage)
  }
}

/** For bodies that the proxy would have to read and cannot: better loud than a fault that silently never happens. */
export function unreadable(headers: IncomingHttpHeaders): Answer {
  return json(headers, 400, 'SerializationException', 'The fault proxy reads PutRecords in JSON alone.')
}

export const throughputMessage = 'Rate exceeded (by the fault proxy).'
const failureMessage = 'The fault proxy was told to fail.'

/** DynamoDB writes its errors with their namespace, as its API reference shows them ("Programmatic errors"). */
const dynamoNames = 'com.amazonaws.dynamodb.v20120810#'

/** `x-amz-target` is `DynamoDB_20120810.PutItem`, `Kinesis_20131202.GetRecords`; S3 has none. */
function serviceOf(headers: IncomingHttpHeaders): 'kinesis' | 'dynamodb' | 's3' {
  const target = headers['x-amz-target']
  if (target === undefined) return 's3'
  return String(target).startsWith('DynamoDB') ? 'dynamodb' : 'kinesis'
}

/** The error shape of AWS JSON 1.0 and 1.1 (Smithy: "AWS JSON protocols", operation error serialization). */
function json(headers: IncomingHttpHeaders, status: number, type: string, message: string): Answer {
  return {
    status,
    headers: { 'content-type': headers['content-type'] ?? 'application/x-amz-json-1.1', 'x-amzn-errortype': type },
    body: JSON.stringify({ __type: type, message }),
  }
}

function xml(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  }
}

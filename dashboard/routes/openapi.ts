/** The API described by its own routes: what Fastify checks and writes is what the document says. */
import type { FastifyInstance, RouteOptions } from 'fastify'
import { type Permission, permissions } from '../session/permissions.ts'
import { problemSchema, type Schema } from './schemas.ts'

declare module 'fastify' {
  /** What a schema may say besides what Fastify itself reads. */
  interface FastifySchema {
    summary?: string
    description?: string
    /** Media types of the answer where it is not JSON alone. */
    produces?: string[]
  }
}

const json = 'application/json'
const csv = 'text/csv'
const parquet = 'application/vnd.apache.parquet'

const schemaOf = (type: string, answer: Schema) => {
  if (type === parquet) return { type: 'string', format: 'binary' }
  return type === csv ? { type: 'string' } : answer
}

type ObjectSchema = { properties?: Record<string, Schema>; required?: string[] }
type RouteSchema = {
  params?: ObjectSchema
  querystring?: ObjectSchema
  body?: Schema
  response?: Record<string, Schema>
}

/** Collects every route under `/api/` that is registered after it, and serves the document. */
export function registerOpenApi(app: FastifyInstance): void {
  const paths: Record<string, Record<string, unknown>> = {}
  app.addHook('onRoute', (route: RouteOptions) => {
    if (!route.url.startsWith('/api/')) return
    const path = route.url.replace(/:(\w+)/g, '{$1}')
    for (const method of [route.method].flat()) {
      if (method === 'HEAD') continue
      paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(method, route) }
    }
  })

  app.get('/api/openapi.json', { schema: { summary: 'This document' } }, async () => ({
    openapi: '3.1.0',
    info: {
      title: 'Retrace',
      version: '1',
      description: 'What the dashboard shows, as JSON. Times are ISO 8601; every problem is `{code, message}`.',
    },
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'retrace_session' },
      },
      schemas: { Problem: problemSchema },
    },
    security: [{ bearer: [] }, { session: [] }],
    paths,
  }))
}

function toOperation(method: string, route: RouteOptions): Record<string, unknown> {
  const { summary, description, produces = [json] } = route.schema ?? {}
  const schema = (route.schema ?? {}) as RouteSchema
  const answers = Object.entries(schema.response ?? { 200: {} }).map(([status, answer]) => [
    status,
    {
      description: 'Done',
      content: Object.fromEntries(produces.map((type) => [type, { schema: schemaOf(type, answer) }])),
    },
  ])
  return {
    summary,
    description: [description, needs[permissions[`${method} ${route.url}`] ?? 'public']].filter(Boolean).join(' '),
    parameters: [...toParameters('path', schema.params), ...toParameters('query', schema.querystring)],
    ...(schema.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schema.body } } } }
      : {}),
    responses: { ...Object.fromEntries(answers), default: problemAnswer },
    ...(permissions[`${method} ${route.url}`] === 'public' ? { security: [] } : {}),
  }
}

/** What stands in the permission table, for people. */
const needs: Partial<Record<Permission, string>> = {
  'signed-in': 'For anybody who is signed in.',
  member: 'For members.',
  viewer: 'For viewers, editors and owners of the site.',
  editor: 'For editors and owners of the site.',
  owner: 'For owners of the site.',
  administrator: 'For the administrator.',
}

const problemAnswer = {
  description: 'A problem: 400, 401, 403, 404, 409, 429 or 5xx',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

function toParameters(where: 'path' | 'query', schema: ObjectSchema | undefined) {
  return Object.entries(schema?.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || schema?.required?.includes(name) === true,
    description,
    schema: rest,
  }))
}

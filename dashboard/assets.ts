/** The bundle that dashboard/build.ts makes, held in memory in every encoding and served from there. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { formNames } from './forms.ts'
import { findLanguage } from './page/language.ts'
import { Problem } from './problems.ts'

type Asset = { type: string; etag: string; immutable: boolean; plain: Buffer; br: Buffer; gzip: Buffer }

/** By file name. */
export type Assets = ReadonlyMap<string, Asset>

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** What the server cannot do without: each is a document of dashboard/build.ts. */
const documents = ['index.html', ...formNames]

/** Names that carry a hash of what is in them never change their content. */
const hashedName = /-[A-Z0-9]{8}\.\w+$/

/** @throws when the page has not been built, saying how to */
export async function loadAssets(folder: string): Promise<Assets> {
  const names = await readdir(folder).catch((): string[] => [])
  if (!documents.every((name) => names.includes(name)))
    throw new Error(`the dashboard's page is not in ${folder}: run "npm run build"`)
  const assets = await Promise.all(
    names
      .filter((name) => types[extname(name)] !== undefined)
      .map(async (name) => [name, toAsset(name, await readFile(join(folder, name)))] as const),
  )
  return new Map(assets)
}

function toAsset(name: string, plain: Buffer): Asset {
  return {
    type: types[extname(name)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 16)}"`,
    immutable: hashedName.test(name),
    plain,
    br: brotliCompressSync(plain),
    gzip: gzipSync(plain),
  }
}

/** @throws Problem 404 when there is no such file */
export function sendAsset(request: FastifyRequest, reply: FastifyReply, assets: Assets, name: string): FastifyReply {
  const asset = assets.get(translatedName(request, name)) ?? assets.get(name)
  if (!asset) throw new Problem('not_found')
  reply.headers({
    'content-type': asset.type,
    'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: asset.etag,
    vary: 'accept-encoding, accept-language',
  })
  if (reply.statusCode === 200 && request.headers['if-none-match'] === asset.etag) return reply.code(304).send()
  const accepted = request.headers['accept-encoding'] ?? ''
  const encoding = (['br', 'gzip'] as const).find((candidate) => new RegExp(`\\b${candidate}\\b`).test(accepted))
  if (!encoding) return reply.send(asset.plain)
  return reply.header('content-encoding', encoding).send(asset[encoding])
}

/** `sign-in.de.html` for who would rather read German; most documents have no language, and there is no such file. */
function translatedName(request: FastifyRequest, name: string): string {
  const preferred = (request.headers['accept-language'] ?? '').split(',').map((part) => {
    const [locale = '', quality = 'q=1'] = part.trim().split(';')
    return { locale, quality: Number(quality.trim().slice('q='.length)) }
  })
  preferred.sort((a, b) => b.quality - a.quality)
  const { language } = findLanguage(
    'system',
    preferred.map(({ locale }) => locale),
  )
  return language === 'en' ? name : name.replace(/\.html$/, `.${language}.html`)
}

export function registerPage(app: FastifyInstance, assets: Assets): void {
  app.get<{ Params: { file: string } }>('/assets/:file', async (request, reply) => {
    // Documents have addresses of their own, and most need a session.
    if (extname(request.params.file) === '.html') throw new Problem('not_found')
    return sendAsset(request, reply, assets, request.params.file)
  })
  app.get('/', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
  app.get('/sites/:site', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
  app.get('/settings', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
  app.get('/sites/:site/settings', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
  app.get('/sites/:site/anomalies', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
  app.get('/sites/:site/explore/:tab', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
  app.get('/pipeline', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
  app.get('/replays', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
  app.get('/replays/:id', async (request, reply) => sendAsset(request, reply, assets, 'index.html'))
}

/** In a bucket that keeps versions, as S3 speaks of them, every version of what is to go is deleted, page after page. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createObjectVersions } from '../consumers/eraser/object-versions.ts'

type Version = { key: string; id: string; marker?: boolean }
let versions: Version[] = []
let server: Server
let client: S3Client
/** Versions that one answer lists. */
const pageSize = 3

/** ListObjectVersions and DeleteObject of the S3 API reference, which the embedded server has without versions. */
function answer({ method, url = '' }: IncomingMessage): { status: number; body: string } {
  const { pathname, searchParams } = new URL(url, 'http://s3')
  if (method === 'DELETE') {
    const key = decodeURIComponent(pathname.replace('/bucket/', ''))
    const before = versions.length
    versions = versions.filter((each) => each.key !== key || each.id !== searchParams.get('versionId'))
    return { status: before === versions.length ? 404 : 204, body: '' }
  }
  const [afterKey, afterId] = [searchParams.get('key-marker'), searchParams.get('version-id-marker')]
  const listed = versions.filter(({ key }) => key.startsWith(searchParams.get('prefix') ?? ''))
  const order = ({ key, id }: Version) => `${key} ${id}`
  const rest = listed
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .filter((each) => afterKey === null || order(each) > `${afterKey} ${afterId}`)
  const page = rest.slice(0, pageSize)
  const last = page.at(-1)
  const more = rest.length > page.length && last
  const items = page.map(({ key, id, marker }) => {
    const name = marker ? 'DeleteMarker' : 'Version'
    return `<${name}><Key>${key}</Key><VersionId>${id}</VersionId></${name}>`
  })
  const next = more
    ? `<NextKeyMarker>${last.key}</NextKeyMarker><NextVersionIdMarker>${last.id}</NextVersionIdMarker>`
    : ''
  const body = `<ListVersionsResult><IsTruncated>${Boolean(more)}</IsTruncated>${next}${items.join('')}</ListVersionsResult>`
  return { status: 200, body }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const { status, body } = answer(request)
    response.writeHead(status, { 'content-type': 'application/xml' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
})
afterAll(() => {
  client.destroy()
  server.close()
})

it('takes versions and marks of deletion, and leaves what is not to go', async () => {
  const gone = Array.from({ length: 5 }, (_, i): Version[] => [
    { key: `archive/hour/old-${i}`, id: '1' },
    { key: `archive/hour/old-${i}`, id: '2', marker: true },
  ]).flat()
  const kept = [
    { key: 'archive/hour/named', id: '1' },
    { key: 'archive/other/old-1', id: '1' },
  ]
  versions = [...gone, ...kept]
  const unused = {
    list: () => Promise.reject(new Error('not asked')),
    delete: () => Promise.reject(new Error('not asked')),
  }
  const deleteAll = () =>
    createObjectVersions(client, 'bucket', unused).deleteAll('archive/hour/', (key) => key.includes('/old-'))
  expect(await deleteAll()).toBe(gone.length)
  expect(versions).toEqual(kept)
  expect(await deleteAll()).toBe(0)
})

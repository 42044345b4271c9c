/** `npm run sites`: what an owner says of a site on the command line is what the dashboard has. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminToken, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { makeDataFolder, removeDataFolder, runToEnd } from './support/retrace.ts'

let dashboard: TestDashboard
let folder: string
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  dashboard = await startDashboard()
  folder = await makeDataFolder()
  const port = new URL(await dashboard.app.listen({ host: '127.0.0.1', port: 0 })).port
  // No Retrace runs on this folder: the command goes by the settings.
  env = {
    ...process.env,
    RETRACE_DATA_DIR: folder,
    RETRACE_ADMIN_TOKEN: adminToken,
    RETRACE_DASHBOARD_PORT: port,
  }
})
afterAll(async () => {
  await dashboard.close()
  await removeDataFolder(folder)
})

const sites = (...args: string[]) => runToEnd('local/sites.ts', args, env)
const site = async (name: string) => (await dashboard.get(`/api/sites/${name}`)).body

it('adds a site, which keeps no networks of its visitors unless it is told to', async () => {
  expect((await sites('add', 'blog', '--origin', 'https://blog.example')).output).toContain('data-site="blog"')
  expect(await site('blog')).toMatchObject({ origins: ['https://blog.example'], network: false })
  expect((await sites('add', 'shop', '--network')).code).toBe(0)
  expect(await site('shop')).toMatchObject({ network: true })
})

it('begins to keep networks of a site that is there, and ends it', async () => {
  const on = await sites('network', 'blog', 'on')
  expect(on.code, on.output).toBe(0)
  expect(await site('blog')).toMatchObject({ network: true })
  expect((await sites('list')).output).toMatch(/^blog {2}blog {2}\(keeps networks\) {2}https:\/\/blog\.example$/m)
  expect((await sites('network', 'blog', 'off')).output).toContain('keeps no networks')
  expect(await site('blog')).toMatchObject({ network: false })
})

it.each([
  [['network', 'blog'], 2, 'network needs a SITE, and on or off'],
  [['network', 'nowhere', 'on'], 1, 'site'],
  [['add', 'private', '--strict', '--network'], 1, 'A strict site keeps nothing of its visitors'],
  [[], 2, 'list, add SITE or network SITE on|off is needed'],
])('says what is wrong with %j', async (args, code, message) => {
  const result = await sites(...args)
  expect(result).toMatchObject({ code, output: expect.stringContaining(message) })
})

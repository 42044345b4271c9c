/** The process of the sample website: reads its settings, serves, and stops when it is told to. */

import { runService } from '../../stream/service.ts'
import { readSettings } from '../../stream/settings.ts'
import { createDemoSite } from './server.ts'

await runService(process, async () => {
  const settings = readSettings(process.env)
  const host = settings.RETRACE_HOST
  const publicHost = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host
  const app = createDemoSite({
    snippetUrl: `http://${publicHost}:${settings.RETRACE_INGEST_PORT}/retrace.js`,
    site: 'demo',
    dashboardUrl: `http://${publicHost}:${settings.RETRACE_DASHBOARD_PORT}/`,
  })

  return {
    async start() {
      await app.listen({ host, port: settings.RETRACE_DEMO_PORT })
      const address = app.server.address()
      return typeof address === 'object' && address ? { port: address.port } : {}
    },
    stop: () => app.close(),
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (error) => app.log.error(error),
  }
})

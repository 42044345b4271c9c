/**
 * Who may use which route: all of them, in one table. A route that is not in it cannot be registered
 * (session/guard.ts), so none is open by mistake.
 */
export type Permission =
  /** Anybody: it shows nothing of any site. */
  | 'public'
  /** Bearer token or session cookie; without one the answer is 401. */
  | 'administrator'
  /** The same, for people: without a session they are sent to sign in. */
  | 'administrator-page'

export const permissions: Readonly<Record<string, Permission>> = {
  'GET /healthz': 'public',
  'GET /sign-in': 'public',
  'POST /sign-in': 'public',
  'POST /sign-out': 'public',
  'GET /assets/:file': 'public',

  'GET /': 'administrator-page',
  'GET /sites/:site': 'administrator-page',
  'GET /pipeline': 'administrator-page',
  'GET /replays': 'administrator-page',
  'GET /replays/:id': 'administrator-page',

  // The load balancer brings the whole internet here: Prometheus sends the token.
  'GET /metrics': 'administrator',
  'GET /api/openapi.json': 'administrator',
  'GET /api/pipeline': 'administrator',
  'GET /api/replays': 'administrator',
  'POST /api/replays': 'administrator',
  'GET /api/replays/:id': 'administrator',
  'POST /api/replays/:id/publish': 'administrator',
  'POST /api/replays/:id/rollback': 'administrator',
  'POST /api/replays/:id/drop': 'administrator',
  'GET /api/sites': 'administrator',
  'POST /api/sites': 'administrator',
  'GET /api/sites/:site': 'administrator',
  'GET /api/sites/:site/summary': 'administrator',
  'GET /api/sites/:site/timeseries': 'administrator',
  'GET /api/sites/:site/breakdown/:dimension': 'administrator',
  'GET /api/sites/:site/realtime': 'administrator',
  'GET /api/sites/:site/anomalies': 'administrator',
  'GET /api/sites/:site/live': 'administrator',
}

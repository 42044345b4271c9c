/**
 * Who may use which route: all of them, in one table. A route that is not in it cannot be registered
 * (session/guard.ts), so none is open by mistake.
 */
import type { Role } from '../answers.ts'

export type Permission =
  /** Anybody: it shows nothing of any site, or asks for a secret of its own. */
  | 'public'
  /** Who has a link that a mail brought, from wherever they come: the link alone counts, and no cookie. */
  | 'mailed-link'
  /** Anybody whom we know: the answer holds what they may see. Without credentials it is 401. */
  | 'signed-in'
  /** Who has a password here. */
  | 'member'
  /** This role, or a better one, at the site in the address; without any there it is 404, as for no such site. */
  | Role
  /** Who runs Retrace: all sites, replays, the pipeline. */
  | 'administrator'
  /** For people: strangers are sent to sign in. The document is the same for all of them, and holds no figures. */
  | 'page'
  | 'administrator-page'

export const permissions: Readonly<Record<string, Permission>> = {
  'GET /healthz': 'public',
  'GET /sign-in': 'public',
  'POST /sign-in': 'public',
  'POST /sign-out': 'public',
  'GET /invitations/:secret': 'public',
  'POST /invitations/:secret': 'public',
  'GET /resets/:secret': 'public',
  'POST /resets/:secret': 'public',
  'GET /share/:secret': 'public',
  'POST /share/:secret': 'public',
  'GET /assets/:file': 'public',
  'GET /alerts/confirm/:token': 'mailed-link',
  'POST /alerts/confirm/:token': 'mailed-link',
  'GET /alerts/leave/:token': 'mailed-link',
  'POST /alerts/leave/:token': 'mailed-link',

  // The overlay on a live page: it brings a token that tells which site, page and period (session/map-tokens.ts).
  'GET /api/clickmap': 'public',
  'OPTIONS /api/clickmap': 'public',

  'GET /': 'page',
  'GET /sites/:site': 'page',
  'GET /settings': 'page',
  'GET /sites/:site/settings': 'page',
  'GET /sites/:site/anomalies': 'page',
  'GET /sites/:site/explore/:tab': 'page',
  'GET /pipeline': 'administrator-page',
  'GET /replays': 'administrator-page',
  'GET /replays/:id': 'administrator-page',

  // The load balancer brings the whole internet here: Prometheus sends the token.
  'GET /metrics': 'administrator',
  'GET /api/openapi.json': 'signed-in',
  'GET /api/session': 'signed-in',
  'POST /api/session/password': 'member',
  'GET /api/pipeline': 'administrator',
  'GET /api/replays': 'administrator',
  'POST /api/replays': 'administrator',
  'GET /api/replays/:id': 'administrator',
  'POST /api/replays/:id/publish': 'administrator',
  'POST /api/replays/:id/rollback': 'administrator',
  'POST /api/replays/:id/drop': 'administrator',
  'GET /api/tokens': 'administrator',
  'POST /api/tokens': 'administrator',
  'POST /api/tokens/:id/revoke': 'administrator',
  'GET /api/sites': 'signed-in',
  'POST /api/sites': 'administrator',
  'GET /api/sites/:site': 'viewer',
  'POST /api/sites/:site': 'editor',
  'POST /api/sites/:site/network': 'owner',
  'GET /api/sites/:site/trace': 'owner',
  'GET /api/sites/:site/sql': 'owner',
  'POST /api/sites/:site/sql': 'owner',
  'POST /api/sites/:site/retention': 'owner',
  'POST /api/sites/:site/visitors': 'owner',
  'GET /api/sites/:site/exclusions': 'owner',
  'POST /api/sites/:site/exclusions': 'owner',
  'GET /api/sites/:site/export': 'owner',
  'GET /api/sites/:site/erasures': 'owner',
  'POST /api/sites/:site/erasures': 'owner',
  'GET /api/sites/:site/members': 'owner',
  'POST /api/sites/:site/members/role': 'owner',
  'POST /api/sites/:site/members/remove': 'owner',
  'POST /api/sites/:site/members/reset': 'owner',
  'POST /api/sites/:site/resets/:id/revoke': 'owner',
  'POST /api/sites/:site/invitations': 'owner',
  'POST /api/sites/:site/invitations/:id/revoke': 'owner',
  'GET /api/sites/:site/tokens': 'owner',
  'POST /api/sites/:site/tokens': 'owner',
  'POST /api/sites/:site/tokens/:id/revoke': 'owner',
  'GET /api/sites/:site/links': 'owner',
  'POST /api/sites/:site/links': 'owner',
  'POST /api/sites/:site/links/:id/revoke': 'owner',
  'GET /api/sites/:site/channels': 'owner',
  'POST /api/sites/:site/channels': 'owner',
  'POST /api/sites/:site/channels/:id/test': 'owner',
  'POST /api/sites/:site/channels/:id/gets': 'owner',
  'POST /api/sites/:site/channels/:id/revoke': 'owner',
  'GET /api/sites/:site/alert-rules': 'owner',
  'POST /api/sites/:site/alert-rules': 'owner',
  'GET /api/sites/:site/summary': 'viewer',
  'GET /api/sites/:site/timeseries': 'viewer',
  'GET /api/sites/:site/breakdown/:dimension': 'viewer',
  'GET /api/sites/:site/vitals': 'viewer',
  'GET /api/sites/:site/scroll': 'viewer',
  'GET /api/sites/:site/clickmap': 'viewer',
  'POST /api/sites/:site/clickmap/links': 'viewer',
  'GET /api/sites/:site/realtime': 'viewer',
  'GET /api/sites/:site/anomalies': 'viewer',
  'GET /api/sites/:site/anomalies/backtest': 'editor',
  'POST /api/sites/:site/anomalies/feedback': 'editor',
  'GET /api/sites/:site/notes': 'viewer',
  'POST /api/sites/:site/notes': 'editor',
  'POST /api/sites/:site/notes/:id/delete': 'editor',
  'GET /api/sites/:site/segments': 'viewer',
  'POST /api/sites/:site/segments': 'editor',
  'POST /api/sites/:site/segments/:id': 'editor',
  'POST /api/sites/:site/segments/:id/delete': 'editor',
  'GET /api/sites/:site/goals': 'viewer',
  'POST /api/sites/:site/goals': 'editor',
  'POST /api/sites/:site/goals/:id': 'editor',
  'POST /api/sites/:site/goals/:id/delete': 'editor',
  'GET /api/sites/:site/conversions': 'viewer',
  'GET /api/sites/:site/conversions/:dimension': 'viewer',
  'GET /api/sites/:site/visits': 'editor',
  'GET /api/sites/:site/visits/:id': 'editor',
  'GET /api/sites/:site/funnels': 'viewer',
  'POST /api/sites/:site/funnels': 'editor',
  'POST /api/sites/:site/funnels/:id': 'editor',
  'POST /api/sites/:site/funnels/:id/delete': 'editor',
  'GET /api/sites/:site/funnel': 'viewer',
  'GET /api/sites/:site/journeys': 'viewer',
  'GET /api/sites/:site/cohorts': 'viewer',
  'GET /api/sites/:site/live': 'viewer',
}

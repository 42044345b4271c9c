/** People of a dashboard under test, with sessions as the dashboard itself issues them. */
import type { Role } from '../../dashboard/answers.ts'
import { createSessions } from '../../dashboard/session/session.ts'
import { adminToken, now, type TestDashboard } from './dashboard.ts'

const sessions = createSessions(adminToken)

/** Where the browser is, as `inject` has it. */
export const sameOrigin = { origin: 'http://localhost:80', host: 'localhost:80' }

/** A member who has chosen no password yet, so that no test waits for scrypt that is not about it. @returns a cookie */
export async function aMember(
  dashboard: Pick<TestDashboard, 'options'>,
  email: string,
  roles: Record<string, Role>,
  at = now,
): Promise<string> {
  const epoch = `epoch of ${email}`
  const member = { email, roles: new Map(Object.entries(roles)), password: '', epoch, createdAt: now }
  if (!(await dashboard.options.store.members.add(member))) throw new Error(`${email} is a member already`)
  return `retrace_session=${sessions.issue({ by: 'member', name: email, epoch }, at)}`
}

/** The cookie that an answer sets. */
export function cookieOf(answer: { headers: Record<string, unknown> }): string {
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}

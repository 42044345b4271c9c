/** Who looks at the page; undefined until that is known. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { SessionAnswer } from '../../answers.ts'

export const SessionContext = createContext<SessionAnswer | undefined>(undefined)

export function useSession(): SessionAnswer | undefined {
  return useContext(SessionContext)
}

/** Runs before the first paint, so that a dark page is never white first. */
import { applyTheme, readTheme } from './theme.ts'

applyTheme(readTheme())

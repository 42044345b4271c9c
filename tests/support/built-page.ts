/** The dashboard's page, made once for all tests of a file: to compress it takes longer than most of them. */
import { type Assets, loadAssets } from '../../dashboard/assets.ts'
import { buildDashboard } from '../../dashboard/build.ts'

let made: Promise<Assets> | undefined

export function builtPage(): Promise<Assets> {
  made ??= buildDashboard().then(() => loadAssets('dist/dashboard'))
  return made
}

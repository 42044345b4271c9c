/** Time zones to choose from. */

/** The browser's zones, and the site's own: browsers leave out `UTC` and old names. */
export function zonesWith(own: string): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', own])].sort()
}

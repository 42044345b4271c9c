/**
 * What a page chooses: attributes of the script element (`data-site`, `data-respect-dnt`, …), or what a module's
 * `init()` was given. Those without a value count when they are there.
 */
export type Options = {
  site?: string
  /** The address under which `v1/events` is. Where it is not set: beside the script. */
  endpoint?: string
  /** Sent with every request, such as the office or the release that a page belongs to; 64 characters at most. */
  tag?: string
  /** Browsers under automation are reported, too. */
  automation?: unknown
  /** `none`: the second file is not loaded. */
  more?: string

  // The second file's. Those that decide what is reported hold events up until it is there: see tools.ts.
  /** Paths that are not reported, with commas between them: `*` is any part of a segment, `**` any path. */
  exclude?: string
  /** Nothing is reported of visitors who ask not to be tracked (Do Not Track, Global Privacy Control). */
  respectDnt?: unknown
  /** `none`: navigation without a page load is not followed. */
  spa?: string
  /** A new fragment is a new page. */
  hash?: unknown
  /** `none`: clicks are not reported. */
  clicks?: string
  /** `none`: where links to other hosts lead is not reported. */
  outbound?: string
  /** `persistent`: what could not be sent is kept on the device, and the next page sends it. */
  storage?: string
  /** `none`, each: no web vitals, errors, form submits, rage and dead clicks. */
  vitals?: string
  errors?: string
  forms?: string
  rage?: string
}

declare global {
  /** Both are declared by what snippet/build.ts puts around the script. */
  const options: Options
  /** The address that the script was loaded from. */
  const source: string
}

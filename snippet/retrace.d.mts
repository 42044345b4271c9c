/** Retrace in a page that is bundled. The same options are attributes of the script element: docs/snippet.md. */
export type RetraceOptions = {
  /** The site that the events belong to. */
  site: string
  /** The address under which `v1/events` is. Where it is not set, the origin of the page. */
  endpoint?: string
  /** Sent with every request; 64 characters at most. */
  tag?: string
  /** `none`: navigation without a page load is not followed. */
  spa?: 'none'
  /** A new fragment is a new page. */
  hash?: boolean
  /** `none`: clicks are not reported. */
  clicks?: 'none'
  /** `none`: where links to other hosts lead is not reported. */
  outbound?: 'none'
  /** `persistent`: what could not be sent is kept on the device, and the next page sends it. */
  storage?: 'none' | 'persistent'
  /** Paths that are not reported, with commas between them: `*` is any part of a segment, `**` any path. */
  exclude?: string
  /** Nothing is reported of visitors who ask not to be tracked (Do Not Track, Global Privacy Control). */
  respectDnt?: boolean
  /** Browsers under automation are reported, too. */
  automation?: boolean
  /** `none`: none of what the second file has. */
  more?: 'none'
  vitals?: 'none'
  errors?: 'none'
  forms?: 'none'
  rage?: 'none'
}

/** Begins to report. The first call counts, later ones do nothing; nor does any on a server, where there is no page. */
export declare function init(options: RetraceOptions): void

/** Sends a custom event. Calls before `init` wait for it. */
export declare function track(name: string, props?: Record<string, string | number | boolean | null | undefined>): void

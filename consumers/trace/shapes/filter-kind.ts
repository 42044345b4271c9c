/** What leaves an event out of the figures: no user agent, a program's, rules about its page or its sender, an impossible rate. */
export type FilterKind = 'nobody' | 'program' | 'host' | 'visitor' | 'tag' | 'network' | 'rate'

/**
 * How Node is started where nothing but replays runs: by the command (package.json) and in AWS (cdk/replay.ts). There is a thread for each core, and V8 would add helpers that collect the
 * garbage of each on the others' cores, at more processor time for the same work: so a thread collects its own. What a thread makes while
 * it folds is mostly garbage a moment later, and what is not is copied at each collection: a larger young generation
 * collects seldom (docs/measurements.md, Replay). V8 takes these when a process starts alone.
 */
export const replayNodeOptions = [
  '--single-threaded-gc',
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
] as const

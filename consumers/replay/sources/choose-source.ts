/** Whether a replay reads the stream or the archive, and why. */
import type { ReplaySourceKind } from '../shapes/generations.ts'
import { type ReplaySource, SourceError } from './source.ts'

/** A source that is there: which it is no longer depends on when one looks. */
export type ChosenKind = Exclude<ReplaySourceKind, 'auto'>
/** @property why a sentence for whoever runs the replay */
export type ChosenSource = { kind: ChosenKind; source: ReplaySource; why: string }

/** Opens a source, or throws a SourceError where it does not hold all of what is asked for. */
export type OpenSources = Readonly<Record<ChosenKind, () => Promise<ReplaySource>>>

/**
 * `auto` is the stream as long as it holds the whole stretch, for it is what the aggregator read; else the archive.
 *
 * @throws SourceError when what was asked for is not there
 */
export async function chooseSource(kind: ReplaySourceKind, open: OpenSources): Promise<ChosenSource> {
  if (kind !== 'auto') return { kind, source: await open[kind](), why: `Reading the ${kind}, as asked for.` }
  try {
    const source = await open.stream()
    return { kind: 'stream', source, why: 'Reading the stream: it holds everything of these days and the day before.' }
  } catch (error) {
    if (!(error instanceof SourceError) || error.code !== 'not_covered') throw error
    return { kind: 'archive', source: await open.archive(), why: `Reading the archive: ${error.message}.` }
  }
}

/**
 * Reads that several ask for at once: a page asks its questions together, and many of them need the same.
 *
 *     asked    |a   |b c            |d
 *     read     ├── for a ──┤├── for b, c, d ──┤
 *
 * Whoever asks while one is under way waits for the next, with everybody who has come meanwhile: so nobody is told what
 * was so before they asked, and of each read there is one at a time.
 */
type Reads<T> = { underWay: Promise<void>; next: Promise<T> | undefined }

/** @returns what reads by a name; equal names mean equal reads */
export function createSharedReads<T>(): (name: string, read: () => Promise<T>) => Promise<T> {
  // As many as there are questions under way.
  const reads = new Map<string, Reads<T>>()

  function begin(name: string, read: () => Promise<T>): Promise<T> {
    const begun = read()
    const over = () => {
      if (reads.get(name) === state && !state.next) reads.delete(name)
    }
    const state: Reads<T> = { underWay: begun.then(over, over), next: undefined }
    reads.set(name, state)
    return begun
  }

  return (name, read) => {
    const state = reads.get(name)
    if (!state) return begin(name, read)
    state.next ??= state.underWay.then(() => begin(name, read))
    return state.next
  }
}

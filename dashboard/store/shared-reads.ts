/**
 * Reads that several ask for at once: a page asks its questions together, and many of them need the same.
 *
 *     asked    |a b|     |c d              |e
 *     read         ├── for a, b ──┤├── for c, d ──┤
 *
 * A read begins when all that has arrived by then has been looked at; whoever asks while it is under way waits for the
 * next, with everybody who comes meanwhile. So nobody is told what was so before they asked, and of each read there is one
 * at a time.
 */
type Reads<T> = { underWay?: Promise<void> | undefined; next?: Promise<T> | undefined }

/** @returns what reads by a name; equal names mean equal reads */
export function createSharedReads<T>(): (name: string, read: () => Promise<T>) => Promise<T> {
  // As many as there are questions under way.
  const reads = new Map<string, Reads<T>>()

  return (name, read) => {
    const state = reads.get(name) ?? {}
    reads.set(name, state)
    const begin = () => {
      const begun = read()
      const over = () => {
        state.underWay = undefined
        if (!state.next) reads.delete(name)
      }
      state.next = undefined
      state.underWay = begun.then(over, over)
      return begun
    }
    state.next ??= (state.underWay ?? arrived()).then(begin)
    return state.next
  }
}

/** After all sockets that have something to be read. */
function arrived(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

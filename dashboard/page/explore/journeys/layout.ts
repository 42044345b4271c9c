/** Where pages and the ways between them lie in the drawing: as high as they have visits. */
import type { JourneysAnswer } from '../../../visit-answers.ts'

export type Node = { away: number; page: string; visits: number; x: number; y: number; height: number }
export type Way = { from: Node; to: Node; visits: number; path: string; width: number }
export type Layout = { width: number; height: number; nodes: Node[]; ways: Way[] }

const columnWidth = 160
export const nodeWidth = 12
const height = 420
const gap = 16
/** Room for names beside the last column. */
const margin = 150

export function layOut(moves: JourneysAnswer['moves']): Layout {
  const nodes = nodesOf(moves)
  const columns = new Map<number, Node[]>()
  for (const node of nodes) columns.set(node.away, [...(columns.get(node.away) ?? []), node])
  const first = Math.min(...columns.keys())
  const scale = Math.min(
    ...[...columns.values()].map(
      (some) => (height - gap * (some.length - 1)) / some.reduce((sum, { visits }) => sum + visits, 0),
    ),
  )
  for (const [away, some] of columns) {
    // Most first; what is not told apart comes last.
    some.sort((a, b) => Number(a.page === '') - Number(b.page === '') || b.visits - a.visits)
    let y = 0
    for (const node of some) {
      Object.assign(node, { x: (away - first) * columnWidth, y, height: Math.max(1, node.visits * scale) })
      y += node.height + gap
    }
  }
  return { width: (columns.size - 1) * columnWidth + margin, height, nodes, ways: waysOf(moves, nodes, scale) }
}

/** A page has as many visits as came to it, or went from it where none is known to have come. */
function nodesOf(moves: JourneysAnswer['moves']): Node[] {
  const found = new Map<string, Node & { came: number; went: number }>()
  const at = (away: number, page: string) => {
    const name = `${away} ${page}`
    const node = found.get(name) ?? { away, page, visits: 0, x: 0, y: 0, height: 0, came: 0, went: 0 }
    found.set(name, node)
    return node
  }
  for (const { away, from, to, visits } of moves) {
    if (from !== null) at(away, from).went += visits
    if (to !== null) at(away + 1, to).came += visits
  }
  return [...found.values()].map(({ came, went, ...node }) => ({ ...node, visits: Math.max(came, went) }))
}

function waysOf(moves: JourneysAnswer['moves'], nodes: readonly Node[], scale: number): Way[] {
  const find = (away: number, page: string) => nodes.find((node) => node.away === away && node.page === page)
  const known = moves.flatMap(({ away, from, to, visits }) => {
    const [a, b] = [from === null ? undefined : find(away, from), to === null ? undefined : find(away + 1, to)]
    return a && b ? [{ from: a, to: b, visits }] : []
  })
  // Beside each other in the order of where they lead, so that they cross as little as may be.
  known.sort((a, b) => a.from.y - b.from.y || a.to.y - b.to.y)
  const left = new Map<Node, number>()
  const arrived = new Map<Node, number>()
  return known.map(({ from, to, visits }) => {
    const width = Math.max(1, visits * scale)
    const start = from.y + (left.get(from) ?? 0) + width / 2
    const end = to.y + (arrived.get(to) ?? 0) + width / 2
    left.set(from, (left.get(from) ?? 0) + visits * scale)
    arrived.set(to, (arrived.get(to) ?? 0) + visits * scale)
    const [x1, x2] = [from.x + nodeWidth, to.x]
    const middle = (x1 + x2) / 2
    return { from, to, visits, width, path: `M${x1} ${start} C${middle} ${start} ${middle} ${end} ${x2} ${end}` }
  })
}

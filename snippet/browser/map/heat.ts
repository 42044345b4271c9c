/**
 * Heat: where clicks landed, as colours on a canvas. The overlay draws it over the page, the dashboard over an outline
 * (it may import this file, and nothing else of snippet/).
 */

/** CSS pixels from the canvas' left and top. */
export type HeatPoint = { x: number; y: number; clicks: number }

/**
 * From few clicks to most: lightness grows all the way, so that the order can be read without colours, and each is clear of
 * the dark ground that is laid under it.
 */
const stops = [
  [94, 79, 232],
  [196, 60, 171],
  [243, 96, 78],
  [253, 174, 63],
  [255, 246, 163],
] as const
/** Of the most clicks; a square with one is seen as well. */
const faintest = 0.3

/** @param share 0 to 1 */
export function heatColor(share: number): readonly [red: number, green: number, blue: number] {
  const at = Math.max(0, Math.min(1, share)) * (stops.length - 1)
  const from = Math.min(stops.length - 2, Math.floor(at))
  const [low, high] = [stops[from], stops[from + 1]] as [readonly number[], readonly number[]]
  const mix = (i: number) => Math.round((low[i] as number) + ((high[i] as number) - (low[i] as number)) * (at - from))
  return [mix(0), mix(1), mix(2)]
}

/** How hot so many clicks are, 0 to 1. By roots, since a few squares have most of all clicks. */
export function heatOf(clicks: number, most: number): number {
  return faintest + (1 - faintest) * Math.sqrt(clicks / Math.max(1, most))
}

/** How many clicks are so hot. */
export function clicksAt(share: number, most: number): number {
  return Math.max(1, Math.round((Math.max(0, share - faintest) / (1 - faintest)) ** 2 * most))
}

/**
 * Draws all of it anew. Where spots overlap, they add up.
 *
 * @param most clicks of the hottest point, whether it is among these or not
 */
export function drawHeat(canvas: HTMLCanvasElement, points: readonly HeatPoint[], most: number, radius: number): void {
  const { width, height } = canvas
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context || width === 0 || height === 0) return
  context.clearRect(0, 0, width, height)
  for (const { x, y, clicks } of points) {
    if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue
    const spot = context.createRadialGradient(x, y, 0, x, y, radius)
    spot.addColorStop(0, 'rgba(0,0,0,1)')
    spot.addColorStop(0.35, 'rgba(0,0,0,.75)')
    spot.addColorStop(1, 'rgba(0,0,0,0)')
    context.globalAlpha = heatOf(clicks, most)
    context.fillStyle = spot
    context.fillRect(x - radius, y - radius, radius * 2, radius * 2)
  }
  context.globalAlpha = 1
  colorize(context, width, height)
}

/** How dark a pixel came out is how hot it is. */
function colorize(context: CanvasRenderingContext2D, width: number, height: number): void {
  const image = context.getImageData(0, 0, width, height)
  const { data } = image
  const palette = Array.from({ length: 256 }, (_, alpha) => heatColor(alpha / 255))
  for (let i = 3; i < data.length; i += 4) {
    const alpha = data[i] as number
    if (alpha === 0) continue
    const [red, green, blue] = palette[alpha] as readonly [number, number, number]
    data[i - 3] = red
    data[i - 2] = green
    data[i - 1] = blue
    data[i] = Math.min(235, 60 + alpha * 1.6)
  }
  context.putImageData(image, 0, 0)
}

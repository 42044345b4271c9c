/** Drawings of plants, made of a few paths each: the site loads nothing from elsewhere. */
import type { Plant } from './plants.ts'

const leaf = (x: number, y: number, angle: number, length: number, width: number) =>
  `<path transform="translate(${x} ${y}) rotate(${angle})" d="M0 0C${length * 0.3} ${-width} ${length * 0.8} ${-width} ${length} 0C${length * 0.8} ${width} ${length * 0.3} ${width} 0 0Z"/>`

const stem = (path: string, width = 2) =>
  `<path d="${path}" fill="none" stroke="currentColor" stroke-width="${width}" stroke-linecap="round"/>`

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

/** One fern frond, its leaflets getting shorter towards the tip. */
const frond = (x: number, y: number, turn: number, size: number) =>
  `<g transform="translate(${x} ${y}) rotate(${turn}) scale(${size})">${stem('M0 0Q4 -70 0 -140')}${range(13)
    .map((i) => {
      const at = -12 - i * 9.6
      const length = 40 * Math.sin(((i + 3.2) / 16) * Math.PI) + 5
      return leaf(1.5, at, -24, length, 4.2) + leaf(-1.5, at, 204, length, 4.2)
    })
    .join('')}</g>`

const drawings: Record<Plant['art'], string> = {
  frond: frond(100, 186, 0, 1.05) + frond(97, 188, -34, 0.8) + frond(103, 188, 34, 0.8),
  sword: range(7)
    .map((i) => leaf(100, 186, -150 + i * 20, 150 - Math.abs(i - 3) * 18, 13))
    .join(''),
  round: [
    [62, 120, 34],
    [132, 108, 38],
    [98, 150, 30],
    [150, 158, 24],
    [46, 166, 22],
  ]
    .map(
      ([x = 0, y = 0, r = 0]) =>
        `${stem(`M100 190Q${(x + 100) / 2} ${y + r} ${x} ${y}`)}<path transform="translate(${x} ${y})" d="M0 ${r * 0.5}C${r * 0.4} ${r} ${r * 1.2} ${r * 0.4} ${r} ${-r * 0.3}C${r * 0.7} ${-r} ${-r * 0.7} ${-r} ${-r} ${-r * 0.3}C${-r * 1.2} ${r * 0.4} ${-r * 0.4} ${r} 0 ${r * 0.5}Z"/>`,
    )
    .join(''),
  palm: frond(100, 190, -52, 0.95) + frond(100, 190, -20, 1.18) + frond(100, 190, 12, 1.22) + frond(100, 190, 46, 0.98),
  spire: [
    [100, 190, 1],
    [62, 190, 0.72],
    [140, 190, 0.64],
  ]
    .map(
      ([x = 0, y = 0, size = 1]) =>
        `<g transform="translate(${x} ${y}) scale(${size})">${stem('M0 0V-165')}${leaf(0, -4, -30, 46, 11)}${leaf(0, -4, 210, 46, 11)}${range(
          11,
        )
          .map((i) => {
            const width = 13 - i
            return `<path class="bloom" transform="translate(${i % 2 ? 3 : -3} ${-52 - i * 10.5}) rotate(${i % 2 ? -32 : 32})" d="M${-width / 2} 0C${-width / 2} ${width} ${-width} ${width * 1.5} ${-width * 0.9} ${width * 1.9}H${width * 0.9}C${width} ${width * 1.5} ${width / 2} ${width} ${width / 2} 0Z"/>`
          })
          .join('')}</g>`,
    )
    .join(''),
  star: [
    [58, 84],
    [94, 52],
    [132, 74],
    [152, 112],
    [76, 118],
  ]
    .map(
      ([x = 0, y = 0]) =>
        `${stem(`M100 190Q${x} 150 ${x} ${y}`, 1.4)}<g class="bloom">${range(4)
          .map((i) => leaf(x, y, 45 + i * 90, 17, 6))
          .join('')}</g>`,
    )
    .concat(leaf(100, 188, -28, 66, 20), leaf(100, 188, 208, 66, 20), leaf(100, 190, -66, 48, 14))
    .join(''),
}

/** The drawing of a plant as an SVG element, in its own hue. */
export function drawPlant({ art, hue }: Pick<Plant, 'art' | 'hue'>): string {
  return `<svg class="art" viewBox="0 0 200 200" style="--hue:${hue}" aria-hidden="true"><circle class="sun" cx="100" cy="100" r="92"/><g class="leaves">${drawings[art]}</g></svg>`
}

/** Classes of viewports by width, CSS pixels: where layouts commonly change. */
const classes = [
  { name: 'phone', below: 600 },
  { name: 'tablet', below: 1024 },
  { name: 'laptop', below: 1440 },
  { name: 'desktop', below: 1920 },
] as const

export const screenNames = [...classes.map(({ name }) => name), 'wide'] as const

export function screenIndexOf(width: number): number {
  const index = classes.findIndex(({ below }) => width < below)
  return index < 0 ? classes.length : index
}

export function screenOf(width: number): string {
  return screenNames[screenIndexOf(width)] as string
}

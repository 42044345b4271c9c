/** Classes of viewports by width, CSS pixels: where layouts commonly change. */
const classes = [
  { name: 'phone', below: 600 },
  { name: 'tablet', below: 1024 },
  { name: 'laptop', below: 1440 },
  { name: 'desktop', below: 1920 },
] as const

export function screenOf(width: number): string {
  return classes.find(({ below }) => width < below)?.name ?? 'wide'
}

/** Classes of viewports by width, CSS pixels: where layouts commonly change. */
export const screenClasses = [
  { name: 'phone', below: 600 },
  { name: 'tablet', below: 1024 },
  { name: 'laptop', below: 1440 },
  { name: 'desktop', below: 1920 },
  { name: 'wide', below: undefined },
] as const

export const screenNames = screenClasses.map(({ name }) => name)

export function screenIndexOf(width: number): number {
  return screenClasses.findIndex(({ below }) => below === undefined || width < below)
}

export function screenOf(width: number): string {
  return screenNames[screenIndexOf(width)] as string
}

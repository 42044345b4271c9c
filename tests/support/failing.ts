/**
 * Lets operations fail now and then, before or after they took effect.
 *
 * @param target an object of asynchronous functions
 * @param chance of each kind of failure, 0 to 1
 */
export function failing<T extends object>(target: T, chance: number, random: () => number): T {
  return new Proxy(target, {
    get(object, name) {
      const method = Reflect.get(object, name) as ((...args: unknown[]) => Promise<unknown>) | undefined
      // What a store may have or not.
      if (method === undefined) return undefined
      return async (...args: unknown[]) => {
        if (random() < chance) throw new Error('failed before it took effect')
        const result = await method.apply(object, args)
        if (random() < chance) throw new Error('failed after it took effect')
        return result
      }
    },
  })
}

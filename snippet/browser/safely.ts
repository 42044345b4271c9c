/**
 * The page's own work comes first: whatever goes wrong here (a half-built DOM, a patched prototype, an exotic
 * element) ends here, and never reaches the page's error handlers. Nor do promises that fail.
 */
export const safely =
  <Args extends unknown[]>(run: (...args: Args) => unknown) =>
  async (...args: Args): Promise<void> => {
    try {
      await run(...args)
    } catch {}
  }

/**
 * The page's own work comes first: whatever goes wrong here (a half-built DOM, a patched prototype, an exotic
 * element) ends here, and never reaches the page's error handlers.
 */
export const safely =
  <Args extends unknown[]>(run: (...args: Args) => void) =>
  (...args: Args): void => {
    try {
      run(...args)
    } catch {}
  }

/**
 * A text within the length that the endpoint takes (stream/validate.ts), since one that is too long would cost the
 * whole event. Undefined, which JSON leaves out, when there is nothing.
 */
export const cut = (text: unknown, maxLength: number): string | undefined =>
  `${text || ''}`.slice(0, maxLength) || undefined

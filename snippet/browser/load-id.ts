/**
 * 16 hex digits for this page load, four bits each. Not `crypto.randomUUID()`: it is missing where a page is not served over https.
 */
export const loadId: string = crypto
  .getRandomValues(new Uint8Array(16))
  .reduce((digits, byte) => digits + (byte & 15).toString(16), '')

/**
 * Listing a bucket by version 1 of S3's protocol (ListObjects): it goes on behind a key. Version 2 goes on by a token, which
 * the embedded S3 cannot make, since its cipher has left OpenSSL: whatever it had to cut short would be an error. Amazon's S3
 * answers both.
 */

export type ListedPage<T> = { Contents?: T[] | undefined; IsTruncated?: boolean | undefined }

/**
 * Pages in the order of keys, a request each, made when the page before is done with.
 *
 * @param list asks for what comes after this key (`Marker`), or for the beginning
 */
export async function* listPages<T extends { Key?: string | undefined }>(
  list: (after: string | undefined) => Promise<ListedPage<T>>,
): AsyncGenerator<T[]> {
  for (let after: string | undefined, more = true; more; ) {
    const { Contents = [], IsTruncated = false } = await list(after)
    yield Contents
    after = Contents.at(-1)?.Key
    more = IsTruncated && after !== undefined
  }
}

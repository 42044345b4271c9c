import { type Snippet, snippetFiles } from '../../ingest/snippet-route.ts'

/** Stands in for the files that `npm run build` makes: each says its name. */
export const snippet = Object.fromEntries(
  snippetFiles.map((name) => [name, Buffer.from(`/* ${name} */`)]),
) as unknown as Snippet

/** Where in the bucket the judge keeps what it knows of a site: the key of a folder. */
export function snapshotFolder(site: string): string {
  return `state/anomaly-judge/${site}/`
}

/** The live stream of the dashboard as an open page reads it: server-sent events, one after the other. */
export type LiveEvent = { name: string; data: unknown }

/** @throws when the dashboard refuses, or ends the stream */
export async function* readLive(
  dashboardUrl: string,
  site: string,
  token: string,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, never> {
  const address = `${dashboardUrl}/api/sites/${encodeURIComponent(site)}/live`
  const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` }, signal })
  if (!answer.ok || !answer.body) throw new Error(`the dashboard answered ${answer.status} to ${address}`)
  let text = ''
  for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = parseBlock(block)
      if (event) yield event
    }
  }
  throw new Error('the dashboard ended the live stream')
}

/** Undefined for comments, which keep the connection open. */
function parseBlock(block: string): LiveEvent | undefined {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const name = field('event')
  const data = field('data')
  return name !== undefined && data !== undefined ? { name, data: JSON.parse(data) } : undefined
}

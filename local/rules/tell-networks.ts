/** Tells an owner by which hashes the events of a range of addresses are known, as this deployment makes them. */
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { hashNetwork } from '../../ingest/network.ts'
import { createSalts } from '../../ingest/salts.ts'

/** @param networks as networksOf gives them */
export async function tellNetworks(
  { clients, table }: Pick<ConsumerEnvironment, 'clients' | 'table'>,
  networks: readonly string[],
): Promise<string> {
  const salts = createSalts(clients.dynamo, table('salts'))
  const hashes = await Promise.all(networks.map((network) => hashNetwork(salts, network)))
  const width = Math.max(...networks.map(({ length }) => length)) + 2
  return [
    ...networks.map((network, i) => `${network.padEnd(width)}${hashes[i]}`),
    '',
    `"internal": { "networks": ${JSON.stringify([...new Set(hashes)])} }`,
    'One of 65,536 other networks has the same hash as each of these. Sites have networks from when they were told to',
    'keep them: npm run sites -- network SITE on',
  ].join('\n')
}

import type { Construct } from 'constructs'
import { type ServerProps, secretsOf } from './endpoint.ts'
import { WebService } from './web-service.ts'

/** Made in cdk/docker/Dockerfile, for the user that the image runs as. */
const factsFolder = '/var/lib/retrace'
/** Of the task's memory, for answers from facts: the server itself, the process that makes facts and questions in SQL have the rest. */
const shareOfFacts = 3 / 16

/**
 * The dashboard: everything that is not ingestion. A Fargate service rather than a function, because live updates
 * are server-sent events: a function would be billed for every open page, and cut it off after 15 minutes.
 */
export class Dashboard extends WebService {
  constructor(scope: Construct, id: string, props: ServerProps) {
    super(scope, id, {
      network: props.network,
      image: props.image,
      main: 'dashboard/main.ts',
      port: { setting: 'RETRACE_DASHBOARD_PORT', number: 8081 },
      paths: ['/*'],
      priority: 100,
      readinessPath: '/healthz',
      livenessPath: '/healthz',
      config: props.config,
      // Filters are answered from files that are made of the archive, and made again in a new task.
      environment: {
        RETRACE_FACTS_DIR: factsFolder,
        RETRACE_FACTS_MAX_MB: '4096',
        RETRACE_FACTS_MEMORY_MB: String(Math.floor(props.config.memoryMiB * shareOfFacts)),
      },
      writable: factsFolder,
      secrets: secretsOf(props),
    })
    props.tables.grantRead(this, ['cells', 'revisions', 'incidents', 'lag', 'ledger', 'archive'])
    props.tables.grantReadWrite(this, ['sites'])
    props.tables.grantReadWriteRows(this, 'control', [
      'generation',
      'publications',
      'erasure',
      'cuts',
      'note',
      'segment',
      'goal',
      'funnel',
      'webhook',
      'alerting',
    ])
    props.tables.grantReadWriteRows(this, 'access', ['member', 'invitation', 'reset', 'token', 'link'])
    props.tables.grantDelete(this, 'cells')
    // What people say of incidents, and examples of being told of them.
    props.tables.grantPut(this, 'incidents')
    props.storage.grantRead(this, 'replays')
    // Owners say what of their traffic does not count.
    props.storage.grantRead(this, 'rules')
    props.storage.grantPut(this, 'rules')
    // Owners trace an event: how far consumers are, what they have not reached, and what was set aside, which the page of the
    // pipeline counts.
    props.stream.grantReplay(this)
    props.tables.grantReadRows(this, 'checkpoints', ['aggregator', 'archiver'])
    for (const folder of ['overflow', 'quarantine']) props.storage.grantRead(this, folder)
    // Owners download their site's part of it.
    props.storage.grantRead(this, 'archive')
  }
}

/**
 * Every environment variable of ours, declared once: its default, how it is read, what it is for. The AWS SDK
 * reads its own (`AWS_REGION`, `AWS_ENDPOINT_URL_KINESIS`, …). docs/settings.md is held to this list by a test.
 */
type Setting<T> = { default: string; parse: (text: string) => T; about: string }

const text = (fallback: string, about: string): Setting<string> => ({
  default: fallback,
  parse: (value) => value,
  about,
})

/** @param rule what `pattern` asks for, in words */
const matching = (pattern: RegExp, rule: string, about: string): Setting<string> => ({
  default: '',
  about,
  parse(value) {
    // Never the value: it may hold a password.
    if (value !== '' && !pattern.test(value)) throw new Error(`must be ${rule}`)
    return value
  },
})

const oneOf = <const T extends string>(values: readonly T[], fallback: T, about: string): Setting<T> => ({
  default: fallback,
  about,
  parse(value) {
    const found = values.find((candidate) => candidate === value)
    if (found === undefined) throw new Error(`must be one of ${values.join(', ')}`)
    return found
  },
})

const integer = (min: number, max: number, fallback: number, about: string): Setting<number> => ({
  default: String(fallback),
  about,
  parse(value) {
    const parsed = Number(value)
    if (value.trim() === '' || !Number.isInteger(parsed) || parsed < min || parsed > max)
      throw new Error(`must be an integer from ${min} to ${max}`)
    return parsed
  },
})

const port = (fallback: number, about: string) => integer(0, 65_535, fallback, about)
const milliseconds = (min: number, max: number, fallback: number, about: string) => integer(min, max, fallback, about)

export const settingDeclarations = {
  RETRACE_INGEST_PORT: port(8080, 'Port of the ingestion endpoint; 0 picks a free one'),
  RETRACE_DASHBOARD_PORT: port(8081, 'Port of the dashboard; 0 picks a free one'),
  RETRACE_DEMO_PORT: port(8082, 'Port of the demo site (npm start only); 0 picks a free one'),
  RETRACE_ENDPOINT_URL: text(
    '',
    'Where pages reach the endpoint, for the line that the dashboard shows them; empty: where the dashboard is reached',
  ),
  RETRACE_HOST: text('127.0.0.1', 'Address that the servers listen on'),
  RETRACE_DATA_DIR: text('.retrace', 'Folder for everything that is kept (npm start only)'),
  RETRACE_ADMIN_TOKEN: text('', 'Token of the administrator: sign-in, import. Empty: npm start makes one and keeps it'),
  RETRACE_LOG_LEVEL: oneOf(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'info',
    'Least severe level that is logged',
  ),

  RETRACE_STREAM: text('retrace', 'Name of the Kinesis stream'),
  RETRACE_TABLE_PREFIX: text('retrace-', 'What the names of the DynamoDB tables begin with'),
  RETRACE_BUCKET: text('retrace', 'S3 bucket for archive, overflow, state snapshots and quarantine'),

  RETRACE_TRUSTED_PROXIES: text(
    '',
    'Proxies whose X-Forwarded-For is believed: addresses, CIDR ranges, or loopback, linklocal, uniquelocal, with commas between',
  ),
  RETRACE_METRICS_SERVICE: text(
    '',
    'Name under which the endpoint writes metrics for CloudWatch into its log, each minute; empty: none',
  ),
  RETRACE_EDGE_KEY: text(
    '',
    'What a CloudFront distribution of ours proves itself with, in x-retrace-edge: its CloudFront-Viewer-Address is believed then',
  ),
  RETRACE_LINGER_MS: milliseconds(1, 1000, 50, 'Longest time that an event waits for others to share its record'),
  RETRACE_MAX_BATCH_BYTES: integer(
    1024,
    512 * 1024,
    256 * 1024,
    'Size of a batch, before compression, at which it does not wait any longer',
  ),
  RETRACE_MAX_IN_FLIGHT_BYTES: integer(
    1024 * 1024,
    1024 * 1024 * 1024,
    64 * 1024 * 1024,
    'Bytes of events that may wait to be stored; past it the endpoint answers 503',
  ),
  RETRACE_KINESIS_PATIENCE_MS: milliseconds(
    0,
    60_000,
    1000,
    'How long Kinesis may refuse a batch before it goes to the overflow in S3',
  ),
  RETRACE_CLIENT_REQUESTS_PER_SECOND: integer(
    0,
    1_000_000,
    100,
    'Requests that one address may send, with bursts of ten times as many; 0: any number',
  ),
  RETRACE_SITE_REQUESTS_PER_SECOND: integer(
    0,
    1_000_000,
    0,
    'Requests that one site may bring, with bursts of ten times as many; 0: any number',
  ),
  RETRACE_DRAIN_DELAY_MS: milliseconds(
    0,
    60_000,
    1000,
    'How long the endpoint goes on taking requests after SIGTERM, while it says that it drains',
  ),
  RETRACE_DRAIN_MS: milliseconds(
    0,
    120_000,
    10_000,
    'Longest time that a process takes to finish its work after SIGTERM',
  ),

  RETRACE_AGGREGATOR_WINDOW_MS: milliseconds(
    0,
    300_000,
    400,
    'How long the aggregator gathers records before it writes',
  ),
  RETRACE_AGGREGATOR_SAVE_INTERVAL_MS: milliseconds(
    1000,
    900_000,
    60_000,
    'How often the aggregator writes everything and saves its place: after a crash so much is read again',
  ),
  RETRACE_BREAKDOWN_DELAY_MS: milliseconds(
    0,
    300_000,
    500,
    'How long the aggregator lets breakdowns (pages, sources, …) of the running hour wait before it writes them again',
  ),
  RETRACE_ARCHIVER_WINDOW_MS: milliseconds(0, 300_000, 15_000, 'How long the archiver gathers records for one object'),
  RETRACE_ARCHIVER_BATCH_RECORDS: integer(
    1,
    10_000,
    5000,
    'Records at which an object of the archive does not wait any longer',
  ),
  RETRACE_ARCHIVE_SINK: oneOf(
    ['parquet', 'firehose', 'both'],
    'parquet',
    'Where the archiver writes: Parquet in the bucket, a Firehose delivery stream, or both. Replay needs Parquet',
  ),
  RETRACE_FIREHOSE_STREAM: text('', 'Name of the Firehose delivery stream, where the archiver writes to one'),
  RETRACE_COMPACTION_INTERVAL_MS: milliseconds(
    100,
    86_400_000,
    60_000,
    'Time between two looks for archive objects to merge; in AWS a schedule says when',
  ),
  RETRACE_COMPACTION_OBJECTS: integer(
    2,
    2000,
    500,
    'Objects of one hour and shard at which they are merged before the hour is over',
  ),
  RETRACE_COMPACTION_GRACE_MS: milliseconds(
    0,
    86_400_000,
    600_000,
    'How long merged objects are kept for readers who looked before; longer than any of them reads',
  ),
  RETRACE_REPLAY_WORKERS: integer(
    0,
    64,
    0,
    'Threads of a replay, unless its command says; 0: one less than there are cores',
  ),
  RETRACE_FACTS_DIR: text(
    '',
    'Folder for facts, which filters are answered from; all of it can be made again. Empty: facts in RETRACE_DATA_DIR',
  ),
  RETRACE_FACTS_MAX_MB: integer(
    64,
    1_000_000,
    2048,
    'Size of that folder, beyond which what was asked for longest ago goes',
  ),
  RETRACE_FACTS_MEMORY_MB: integer(64, 65_536, 384, 'Memory that answering from facts may take'),
  RETRACE_FACTS_TIMEOUT_MS: milliseconds(100, 600_000, 20_000, 'Longest time that one answer from facts may take'),
  RETRACE_ANOMALY_DETECTOR_WINDOW_MS: milliseconds(
    0,
    300_000,
    2000,
    'How long the anomaly detector gathers records before it counts them',
  ),
  RETRACE_WEBHOOK_LOOPBACK: oneOf(
    ['refused', 'allowed'],
    'refused',
    'Whether webhooks may lead to this machine, and by http there; npm start allows it',
  ),
  RETRACE_SMTP_URL: matching(
    /^(smtps?:\/\/[^\s/]+(\/\S*)?|ses:)$/,
    'smtp://, smtps:// (TLS from the start) with a host, or ses:',
    'Mail server: smtp://USER:PASSWORD@HOST:587, or smtps:// for TLS from the start; ses: for Amazon SES with the rights of the process. Empty: no mails',
  ),
  RETRACE_MAIL_FROM: matching(
    /^([^\p{Cc}"<>,;:@]{1,64} <[^\s<>@,;"]+@[^\s<>@,;"]+>|[^\s<>@,;"]+@[^\s<>@,;"]+)$/u,
    'an address, or a name and an address: Retrace <retrace@example.org>',
    'Whom mails are from: retrace@example.org, or Retrace <retrace@example.org>; the mail server must know it',
  ),
  RETRACE_ALERT_TOPICS: matching(
    /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?(,arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?)*$/,
    'ARNs of SNS topics with commas between',
    'SNS topics that owners may have incidents told to: ARNs, with commas between',
  ),
} as const satisfies Record<string, Setting<unknown>>

type Declarations = typeof settingDeclarations
export type Settings = { readonly [K in keyof Declarations]: ReturnType<Declarations[K]['parse']> }

/** Something the person who set a variable can mend; its message is the whole of what they need. */
export class SettingsError extends Error {
  readonly code = 'bad_settings'
}

/**
 * @param env process.env, or a part of it
 * @returns all settings, parsed, frozen
 * @throws SettingsError naming every variable that cannot be used and what it must be
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const problems: string[] = []
  const entries = Object.entries(settingDeclarations).map(([name, setting]) => {
    const given = env[name]
    try {
      return [name, setting.parse(given === undefined || given === '' ? setting.default : given)]
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}`)
      return [name, undefined]
    }
  })
  if (problems.length > 0) throw new SettingsError(problems.join('; '))
  return Object.freeze(Object.fromEntries(entries)) as Settings
}

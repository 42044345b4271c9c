import { RemovalPolicy } from 'aws-cdk-lib'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { type TableName, type TableShape, tables } from '../stream/tables.ts'
import type { DeploymentConfig } from './config.ts'
import type { Workload } from './environment.ts'

const readActions = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan']
/** A scan is of all rows. */
const rowReadActions = readActions.filter((action) => action !== 'dynamodb:Scan')
const writeActions = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem']

/** The tables of stream/tables.ts. Code finds them by prefix and name, so their names are fixed, not generated. */
export class Tables extends Construct {
  /** What their names begin with. */
  readonly prefix: string
  readonly #tables = new Map<TableName, Table>()

  constructor(scope: Construct, id: string, config: DeploymentConfig) {
    super(scope, id)
    this.prefix = `${config.name}-`
    for (const name of Object.keys(tables) as TableName[]) this.#tables.set(name, this.#create(name, config))
  }

  /** Writes that DynamoDB refused for their rate, by table. */
  throttledWrites(): Metric[] {
    return [...this.#tables].map(
      ([name, table]) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName: 'WriteThrottleEvents',
          dimensionsMap: { TableName: table.tableName },
          statistic: Stats.SUM,
          label: name,
        }),
    )
  }

  grantRead(workload: Workload, names: readonly TableName[]): void {
    for (const name of names) this.#table(name).grant(workload, ...readActions)
    workload.addEnvironment('RETRACE_TABLE_PREFIX', this.prefix)
  }

  grantReadWrite(workload: Workload, names: readonly TableName[]): void {
    for (const name of names) this.#table(name).grant(workload, ...readActions, ...writeActions)
    workload.addEnvironment('RETRACE_TABLE_PREFIX', this.prefix)
  }

  /** The rows of one consumer in tables that all of them share: what they hold for others stays out of reach. */
  grantOwnRows(workload: Workload, consumer: string, names: readonly TableName[]): void {
    this.#grantRows(workload, [consumer], names, [...rowReadActions, ...writeActions])
  }

  /** @param partitions the values of the partition key that it may read */
  grantReadRows(workload: Workload, name: TableName, partitions: readonly string[]): void {
    this.#grantRows(workload, partitions, [name], rowReadActions)
  }

  /** To read rows and take them away, not to put any in. */
  grantTakeRows(workload: Workload, name: TableName, partitions: readonly string[]): void {
    this.#grantRows(workload, partitions, [name], [...rowReadActions, 'dynamodb:DeleteItem'])
  }

  grantReadWriteRows(workload: Workload, name: TableName, partitions: readonly string[]): void {
    this.#grantRows(workload, partitions, [name], [...rowReadActions, ...writeActions])
  }

  /** @param partitions the values of the partition key under which it may put items */
  grantPutRows(workload: Workload, name: TableName, partitions: readonly string[]): void {
    this.#grantRows(workload, partitions, [name], ['dynamodb:PutItem'])
  }

  /** To look items up by their key and to put such as are missing in: neither to list nor to take away any. */
  grantLookUpAndPut(workload: Workload, name: TableName): void {
    this.#table(name).grant(workload, 'dynamodb:GetItem', 'dynamodb:PutItem')
    workload.addEnvironment('RETRACE_TABLE_PREFIX', this.prefix)
  }

  /** To look items up by their key and to change them: neither to list nor to take away any. */
  grantLookUpAndUpdate(workload: Workload, name: TableName): void {
    this.#table(name).grant(workload, 'dynamodb:GetItem', 'dynamodb:UpdateItem')
    workload.addEnvironment('RETRACE_TABLE_PREFIX', this.prefix)
  }

  /** To put items in, and take none away. */
  grantPut(workload: Workload, name: TableName): void {
    this.#table(name).grant(workload, 'dynamodb:PutItem')
  }

  /** To raise numbers in items, and neither to replace nor to take away any. */
  grantUpdate(workload: Workload, name: TableName): void {
    this.#table(name).grant(workload, 'dynamodb:UpdateItem')
  }

  /** To take items away, not to put any in. */
  grantDelete(workload: Workload, name: TableName): void {
    this.#table(name).grant(workload, 'dynamodb:DeleteItem')
  }

  /** @param beginning of the partition keys that it may read and write */
  grantRowsBeginning(workload: Workload, name: TableName, beginning: string): void {
    this.#grantRows(workload, [`${beginning}*`], [name], [...rowReadActions, ...writeActions], 'StringLike')
  }

  #grantRows(
    workload: Workload,
    partitions: readonly string[],
    names: readonly TableName[],
    actions: readonly string[],
    comparison: 'StringEquals' | 'StringLike' = 'StringEquals',
  ): void {
    workload.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: names.map((name) => this.#table(name).tableArn),
        conditions: { [`ForAllValues:${comparison}`]: { 'dynamodb:LeadingKeys': [...partitions] } },
      }),
    )
    workload.addEnvironment('RETRACE_TABLE_PREFIX', this.prefix)
  }

  #create(name: TableName, config: DeploymentConfig): Table {
    const shape: TableShape = tables[name]
    return new Table(this, name, {
      tableName: `${this.prefix}${name}`,
      partitionKey: { name: shape.partitionKey, type: AttributeType.STRING },
      ...(shape.sortKey ? { sortKey: { name: shape.sortKey, type: AttributeType.STRING } } : {}),
      ...(shape.expiresAt ? { timeToLiveAttribute: shape.expiresAt } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: !config.removeDataOnDelete,
      removalPolicy: config.removeDataOnDelete ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
  }

  #table(name: TableName): Table {
    const table = this.#tables.get(name)
    if (table === undefined) throw new Error(`no table ${name}`)
    return table
  }
}

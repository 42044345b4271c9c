import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { DlqDestinationConfig, IEventSourceDlq, IFunction } from 'aws-cdk-lib/aws-lambda'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import type { Workload } from './environment.ts'
import { accept } from './good-practice.ts'

/** Where Lambda puts batches that it gave up on: "Configuring destinations for failed invocations", Lambda guide. */
const failedBatches = 'aws/lambda'

const lifecycleRules: LifecycleRule[] = [
  { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
  { id: 'previous-versions', noncurrentVersionExpiration: Duration.days(30) },
  // Snapshots are overwritten every few seconds; a version of each would soon outweigh the archive.
  { id: 'previous-snapshots', prefix: 'state/', noncurrentVersionExpiration: Duration.days(1) },
  // What Athena answered; whoever wants to keep it copies it.
  { id: 'athena', prefix: 'athena/', expiration: Duration.days(7) },
  {
    id: 'archive',
    prefix: 'archive/',
    transitions: [{ storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) }],
  },
]

/** Folders whose writes CloudWatch counts: an object in the first three is a sign, none in the last as well. */
export const countedFolders = {
  overflow: 'overflow',
  failed: failedBatches,
  quarantine: 'quarantine',
  archive: 'archive',
}

/**
 * The bucket: archive, overflow, state snapshots, quarantine, what Lambda could not deliver and what Athena answered, a
 * folder each.
 */
export class Storage extends Construct {
  readonly #bucket: Bucket

  constructor(scope: Construct, id: string, config: DeploymentConfig) {
    super(scope, id)
    this.#bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules,
      metrics: Object.entries(countedFolders).map(([id, folder]) => ({ id, prefix: `${folder}/` })),
      removalPolicy: config.removeDataOnDelete ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      // Emptying the bucket takes a helper function: only where data may go.
      autoDeleteObjects: config.removeDataOnDelete,
    })
    accept(
      this.#bucket,
      'S1',
      'Roles of this stack alone reach it; a log of their reads and writes would outweigh the archive.',
    )
  }

  get bucketName(): string {
    return this.#bucket.bucketName
  }

  get bucketArn(): string {
    return this.#bucket.bucketArn
  }

  /** @returns the address of a folder, as Glue and Athena want it */
  location(folder: string): string {
    return `s3://${this.#bucket.bucketName}/${folder}/`
  }

  /** Objects put into a folder. Amazon S3 guide, "Monitoring metrics with Amazon CloudWatch": minutes late, best effort. */
  puts(folder: keyof typeof countedFolders): Metric {
    return new Metric({
      namespace: 'AWS/S3',
      metricName: 'PutRequests',
      dimensionsMap: { BucketName: this.#bucket.bucketName, FilterId: folder },
      statistic: Stats.SUM,
      label: folder,
    })
  }

  /** @param folder the beginning of keys, without the slash after it */
  grantPut(workload: Workload, folder: string): void {
    this.#grant(workload, ['s3:PutObject', 's3:AbortMultipartUpload'], this.#objects(folder))
    workload.addEnvironment('RETRACE_BUCKET', this.#bucket.bucketName)
  }

  /** Listing is a right to the whole bucket, names only: without it S3 answers 403 for an object that is not there. */
  grantList(workload: Workload): void {
    this.#grant(workload, ['s3:ListBucket'], this.#bucket.bucketArn)
  }

  grantRead(workload: Workload, folder: string): void {
    this.#grant(workload, ['s3:GetObject'], this.#objects(folder))
    this.grantList(workload)
    workload.addEnvironment('RETRACE_BUCKET', this.#bucket.bucketName)
  }

  /** To find objects, read them and take them away. */
  grantTake(workload: Workload, folder: string): void {
    this.#grant(workload, ['s3:GetObject', 's3:DeleteObject'], this.#objects(folder))
    this.grantList(workload)
    workload.addEnvironment('RETRACE_BUCKET', this.#bucket.bucketName)
  }

  /** To take objects away for good, versions that are only hidden too. */
  grantDeleteVersions(workload: Workload, folder: string): void {
    this.#grant(workload, ['s3:DeleteObject', 's3:DeleteObjectVersion'], this.#objects(folder))
    this.#grant(workload, ['s3:ListBucketVersions'], this.#bucket.bucketArn)
    workload.addEnvironment('RETRACE_BUCKET', this.#bucket.bucketName)
  }

  /** What Firehose needs to deliver: "Grant Firehose access to an Amazon S3 destination", Firehose guide. */
  grantDelivery(grantee: IGrantable, folder: string): void {
    this.#grant(grantee, ['s3:PutObject', 's3:GetObject', 's3:AbortMultipartUpload'], this.#objects(folder))
    const whole = ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads']
    this.#grant(grantee, whole, this.#bucket.bucketArn)
  }

  grantReadWrite(workload: Workload, folder: string): void {
    this.grantTake(workload, folder)
    this.grantPut(workload, folder)
  }

  /**
   * Where a mapping leaves the batches that it gave up on. The library's `S3OnFailureDestination` would let the
   * function read and write the whole bucket; Lambda needs two rights (same page of the guide as above).
   */
  failureDestination(): IEventSourceDlq {
    return {
      bind: (_mapping: unknown, handler: IFunction): DlqDestinationConfig => {
        this.#grant(handler, ['s3:PutObject'], this.#objects(failedBatches))
        this.#grant(handler, ['s3:ListBucket'], this.#bucket.bucketArn)
        return { destination: this.#bucket.bucketArn }
      },
    }
  }

  #objects(folder: string): string {
    const bucket = Stack.of(this).getLogicalId(this.#bucket.node.defaultChild as CfnBucket)
    const finding = `IAM5[Resource::<${bucket}.Arn>/${folder}/*]`
    accept(Stack.of(this), finding, 'Keys are made as events come: a folder is the narrowest right there is.')
    return this.#bucket.arnForObjects(`${folder}/*`)
  }

  #grant(grantee: IGrantable, actions: string[], resource: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [resource] }))
  }
}

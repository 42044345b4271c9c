import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { DlqDestinationConfig, IEventSourceDlq, IFunction } from 'aws-cdk-lib/aws-lambda'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import type { Workload } from './environment.ts'

/** Where Lambda puts batches that it gave up on: "Configuring destinations for failed invocations", Lambda guide. */
const failedBatches = 'aws/lambda'

const lifecycleRules: LifecycleRule[] = [
  { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
  { id: 'previous-versions', noncurrentVersionExpiration: Duration.days(30) },
  // Snapshots are overwritten every few seconds; a version of each would soon outweigh the archive.
  { id: 'previous-snapshots', prefix: 'state/', noncurrentVersionExpiration: Duration.days(1) },
  {
    id: 'archive',
    prefix: 'archive/',
    transitions: [{ storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) }],
  },
]

/** The bucket: archive, overflow, state snapshots, quarantine, and what Lambda could not deliver, a folder each. */
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
      removalPolicy: config.removeDataOnDelete ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      // Emptying the bucket takes a helper function: only where data may go.
      autoDeleteObjects: config.removeDataOnDelete,
    })
  }

  /** @param folder the beginning of keys, without the slash after it */
  grantPut(workload: Workload, folder: string): void {
    this.#grant(workload, ['s3:PutObject', 's3:AbortMultipartUpload'], this.#bucket.arnForObjects(`${folder}/*`))
    workload.addEnvironment('RETRACE_BUCKET', this.#bucket.bucketName)
  }

  /** Listing is a right to the whole bucket, names only: without it S3 answers 403 for an object that is not there. */
  grantList(workload: Workload): void {
    this.#grant(workload, ['s3:ListBucket'], this.#bucket.bucketArn)
  }

  grantRead(workload: Workload, folder: string): void {
    this.#grant(workload, ['s3:GetObject'], this.#bucket.arnForObjects(`${folder}/*`))
    this.grantList(workload)
    workload.addEnvironment('RETRACE_BUCKET', this.#bucket.bucketName)
  }

  /** To find objects, read them and take them away. */
  grantTake(workload: Workload, folder: string): void {
    this.#grant(workload, ['s3:GetObject', 's3:DeleteObject'], this.#bucket.arnForObjects(`${folder}/*`))
    this.grantList(workload)
    workload.addEnvironment('RETRACE_BUCKET', this.#bucket.bucketName)
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
        this.#grant(handler, ['s3:PutObject'], this.#bucket.arnForObjects(`${failedBatches}/*`))
        this.#grant(handler, ['s3:ListBucket'], this.#bucket.bucketArn)
        return { destination: this.#bucket.bucketArn }
      },
    }
  }

  #grant(grantee: IGrantable, actions: string[], resource: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [resource] }))
  }
}

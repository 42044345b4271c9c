/** What a month costs: the arithmetic, held against examples worked by hand in the comments. */
import { describe, expect, it } from 'vitest'
import { type DeploymentConfig, deployment } from '../cdk/config.ts'
import { balancerCost, endpointFunctionCost, firewallCost, tasksCost } from '../cdk/cost/door.ts'
import { type HostedService, hostedMonthly, hostedServices } from '../cdk/cost/hosted.ts'
import { monitoringCost, monthlyBill } from '../cdk/cost/model.ts'
import { bucketCost, consumersCost, streamCost, tablesCost } from '../cdk/cost/pipeline.ts'
import { pricesOf, type RegionPrices, regionNames } from '../cdk/cost/prices.ts'
import { between, closingsPerSecond, endpointTasks, type Traffic, trafficOf } from '../cdk/cost/traffic.ts'

/** Round prices, so that the examples can be worked by hand. */
const prices = Object.fromEntries(
  Object.entries({
    kinesisOnDemandStream: 0.04,
    kinesisOnDemandIn: 0.08,
    kinesisOnDemandOut: 0.04,
    kinesisOnDemandExtended: 0.1,
    kinesisLongTerm: 0.02,
    kinesisShard: 0.015,
    kinesisPut: 0.014,
    kinesisShardExtended: 0.02,
    lambdaCompute: 0.00001,
    lambdaRequests: 0.2,
    dynamodbWrites: 0.5,
    dynamodbReads: 0.1,
    dynamodbStorage: 0.2,
    dynamodbBackup: 0.1,
    s3Puts: 0.005,
    s3Gets: 0.0004,
    s3Storage: 0.02,
    fargateCpu: 0.03,
    fargateMemory: 0.004,
    albHour: 0.02,
    albLcu: 0.008,
    publicIpv4: 0.005,
    dataOut: 0.09,
    logsIngestion: 0.5,
    logsStorage: 0.03,
    secret: 0.4,
    wafAcl: 5,
    wafRule: 1,
    wafRequests: 0.6,
    alarm: 0.1,
    metric: 0.3,
    metricsPage: 3,
  }).map(([name, usd]) => [name, { usd, unit: '', date: '2026-01-01', source: '', confirmed: true }]),
) as RegionPrices

/** 1,024 events a second in 1,024 records of 1,536 bytes: 1.5 MiB/s. */
const traffic: Traffic = {
  eventsPerSecond: 1024,
  requestsPerSecond: 100,
  recordsPerSecond: 1024,
  recordBytes: 1536,
  shards: 4,
  endpointTasks: 2,
  invocations: { aggregator: 0.8, archiver: 0.1, anomalyDetector: 0.1 },
}

describe('the stream', () => {
  it('costs on-demand by what is written, rounded up, read three times, and kept', () => {
    // A month has 2,592,000 s. In: 1,024 × 2,592,000 × (1,536 + 512) B = 5,062.5 GiB × 0.08 = 405.
    // Out: 3 × 1,024 × 2,592,000 × 1,536 B = 3 × 3,796.875 GiB × 0.04 = 455.625. Stream: 720 h × 0.04 = 28.8.
    // Kept: a day is 126.5625 GiB; six days more of it × 0.1 = 75.9375.
    expect(streamCost(traffic, 'on-demand', 7, prices)).toBeCloseTo(405 + 455.625 + 28.8 + 75.9375, 6)
  })

  it('costs nothing for a retention of a day, and less a day after the seventh', () => {
    expect(streamCost(traffic, 'on-demand', 1, prices)).toBeCloseTo(405 + 455.625 + 28.8, 6)
    // Days 8 to 10: 3 × 126.5625 GiB × 0.02 = 7.59375.
    const more = streamCost(traffic, 'on-demand', 10, prices) - streamCost(traffic, 'on-demand', 7, prices)
    expect(more).toBeCloseTo(7.59375, 6)
  })

  it('rounds a small record up to a KiB, and no further', () => {
    // 300 B: one KiB in, 1,024 × 2,592,000 × 1,024 B = 2,531.25 GiB × 0.08 = 202.5; out 3 × 741.577 GiB × 0.04 = 88.989.
    expect(streamCost({ ...traffic, recordBytes: 300 }, 'on-demand', 1, prices)).toBeCloseTo(28.8 + 202.5 + 88.989, 3)
  })

  it('costs provisioned by shards and payload units of 25 KB', () => {
    // Shards: 4 × 720 h × (0.015 + 0.02) = 100.8. Units: 1,024 × 2.592 M = 2,654.208 M × 0.014 = 37.158912.
    expect(streamCost(traffic, 'provisioned', 7, prices)).toBeCloseTo(100.8 + 37.158912, 6)
    // A record of 26,000 B is two units.
    expect(streamCost({ ...traffic, recordBytes: 26_000 }, 'provisioned', 1, prices)).toBeCloseTo(
      4 * 720 * 0.015 + 2 * 37.158912,
      6,
    )
  })
})

describe('what reads the stream', () => {
  it('costs processor time by the event and memory by the invocation', () => {
    // Processor: 10.4 + 18.4 + 3 + 30 = 61.8 µs × 1,024 × 2,592,000 = 164,030.1 s × 1,769 / 1,024 GiB = 283,368.3 GiB-s.
    // Waiting 0.1 s: (0.8 × 1,769 + 0.1 × 1,024 + 0.1 × 256) / 1,024 = 1.50703 GiB × 0.1 × 2,592,000 = 390,622.5 GiB-s.
    // × 0.00001 = 6.739908. Requests: 1 × 2.592 M × 0.2 = 0.5184.
    expect(consumersCost(traffic, deployment, prices)).toBeCloseTo(6.739908 + 0.5184, 3)
  })
})

describe('tasks', () => {
  it('cost processors, memory and an address each', () => {
    // 2 × 720 h × (0.5 × 0.03 + 1 × 0.004 + 0.005) = 34.56.
    expect(tasksCost(2, { cpu: 512, memoryMiB: 1024 }, prices)).toBeCloseTo(34.56, 6)
  })

  it('are as many as processor time takes at 60 %, and at least the configured ones', () => {
    const { endpoint } = deployment
    expect(endpointTasks(1000, 'batched', endpoint)).toBe(endpoint.minTasks)
    // 100,000 / 2.3 requests × 71 µs = 3.087 cores; a task does 0.5 × 0.6 = 0.3: 10.29.
    expect(endpointTasks(100_000, 'batched', endpoint)).toBe(11)
    // 10,000 × 545 µs = 5.45 cores: 18.2.
    expect(endpointTasks(10_000, 'one record per event', endpoint)).toBe(19)
  })
})

describe('the endpoint as a function', () => {
  const forFunction: DeploymentConfig = { ...deployment, endpointHost: 'lambda' }
  const question = { eventsPerDay: 1e6, sites: 1, retentionDays: 7, layout: 'batched' } as const

  it('costs requests, and memory while each waits', () => {
    // 100 × 2,592,000 = 259.2 M requests × 0.2 = 51.84. 259.2 M × 0.05 s × 1 GiB = 12.96 M GiB-s × 0.00001 = 129.6.
    expect(endpointFunctionCost(traffic, deployment, prices)).toBeCloseTo(51.84 + 129.6, 6)
  })

  it('puts each request into a record of its own', () => {
    const { recordsPerSecond, requestsPerSecond } = trafficOf(1e6, 'batched', 'on-demand', forFunction)
    expect(recordsPerSecond).toBe(requestsPerSecond)
  })

  it('stands behind no load balancer, and beside no dashboard, where servers run elsewhere', () => {
    const { byService } = monthlyBill(question, { ...forFunction, servers: 'elsewhere' }, prices)
    expect([byService.loadBalancer, byService.dashboard]).toEqual([0, 0])
    expect(byService.endpoint).toBeGreaterThan(0)
    // Two addresses and the hours, and no capacity: 720 × (0.02 + 2 × 0.005).
    expect(monthlyBill(question, forFunction, prices).byService.loadBalancer).toBeCloseTo(21.6, 6)
  })

  it('says when it may have too few instances', () => {
    const { warnings } = monthlyBill({ ...question, eventsPerDay: 100e6 }, forFunction, prices)
    expect(warnings.join()).toContain('raise endpointFunction.maxInstances (50)')
  })
})

describe('the load balancer', () => {
  it('is charged for whatever it has most of', () => {
    // 100 requests/s: 50 connections/s are 2 units by new ones, 1 by active ones; bytes 100 × 2,200 × 3,600 = 0.74 GiB.
    // 720 h × (0.02 + 2 × 0.008 + 2 × 0.005) = 33.12.
    expect(balancerCost(traffic, prices)).toBeCloseTo(33.12, 6)
  })
})

describe('what stands at the door and what watches', () => {
  it('costs by what is looked at, and by the month', () => {
    // 100 × 2,592,000 = 259.2 million requests × 0.60 = 155.52, and 5 + 1 for list and rule.
    expect(firewallCost(traffic, prices)).toBeCloseTo(161.52, 6)
    // 35 × 0.10 + (32 + 9) × 0.30 + 3.
    expect(monitoringCost(prices)).toBeCloseTo(18.8, 6)
  })
})

describe('the bucket', () => {
  it('is charged for puts, and for an archive of a year and a month', () => {
    // Puts a second: archiver 0.1 + aggregator's saves 4 / 300 + merged 4 / 3,600 + a site's 1 / 3,600 = 0.1147222:
    // × 2,592,000 / 1,000 × 0.005 = 1.4868. Gets: 0.1 × 2,592 × 0.0004 = 0.103680.
    // Stored: 1,024 × 2,592,000 × 26.6 B × 13 = 854.784 GiB × 0.02 = 17.09568.
    expect(bucketCost(traffic, { sites: 1 }, deployment, prices)).toBeCloseTo(1.4868 + 0.10368 + 17.0957, 2)
  })
})

describe('the tables', () => {
  it('cost what flushes, batches and dashboards write and read, and cells of a year', () => {
    // A flush of 5 s holds 1,024 / 4 × 5 = 1,280 events: ln(1,280 / 30) / ln(10,000 / 30) = 0.64614 of the way from 4.19
    // units to 42, 18.58. Writes a second: 0.8 flushes × 18.58 + 1 batch × 3 + 0.1 manifests × 5. Of minutes 0.8 too, of
    // 15,360 events a shard: ln(15.36) / ln(20) = 0.91188 of the way from 4 units to 7, 6.6633; and 1 / 60 × 3 that are
    // judged, and 2 / 20 of endpoints. 23.8448: × 2.592 M × 0.5 = 30.9029. Reads: (2 + 0.8 + 1 / 60 × 2) × 2.592 M + 15 M, × 0.1 = 2.2344.
    // Stored: 4 shards × 8,760 hours × 200,000 B = 6.5267 GiB × 0.3 = 1.958.
    expect(tablesCost(traffic, { sites: 1 }, deployment, prices)).toBeCloseTo(30.9029 + 2.2344 + 1.958, 2)
  })

  it('grow with sites, because each writes its own cells', () => {
    const one = tablesCost(traffic, { sites: 1 }, deployment, prices)
    const thousand = tablesCost(traffic, { sites: 1000 }, deployment, prices)
    expect(thousand).toBeGreaterThan(10 * one)
  })
})

describe('records', () => {
  it('close as often as what opens with an arrival and stays open', () => {
    // One every 0.1 s, open for 0.1 s: 5 a second, of two each.
    expect(closingsPerSecond(10, 0.1)).toBe(5)
  })

  it('have sizes between those measured', () => {
    const points = [
      [1, 100],
      [100, 10_000],
    ] as const
    expect(between(points, 0.5)).toBe(100)
    expect(between(points, 10)).toBeCloseTo(1000, 9)
    expect(between(points, 200)).toBe(20_000)
  })

  it('fill a shard by what three consumers read of it', () => {
    // 864 M events a day are 10,000/s, each its own record: 10,000 / 1,000 records/s × 3 for the busiest hour.
    expect(trafficOf(864e6, 'one record per event', 'provisioned', deployment).shards).toBe(30)
    const { shards, recordsPerSecond, recordBytes } = trafficOf(864e6, 'batched', 'provisioned', deployment)
    expect(shards).toBe(Math.ceil((3 * 3 * recordsPerSecond * recordBytes) / (2 * 1024 * 1024)))
  })
})

describe('hosted services', () => {
  const service = (beginning: string): HostedService => {
    const found = hostedServices.find(({ name }) => name.startsWith(beginning))
    if (!found) throw new Error(`no ${beginning}`)
    return found
  }

  it('charge by the tier that each event falls in', () => {
    // The first million free, 1 M × 0.00005 = 50, 10 M × 0.0000343 = 343.
    expect(hostedMonthly(service('PostHog'), 12e6)).toBeCloseTo(393, 6)
    expect(hostedMonthly(service('PostHog'), 1e6)).toBe(0)
  })

  it('charge by the plan that holds the events, and have no public price past the last', () => {
    expect(hostedMonthly(service('Plausible'), 300_000)).toBe(49)
    expect(hostedMonthly(service('Plausible'), 10_000_001)).toBeUndefined()
  })
})

describe('the bill', () => {
  const question = { eventsPerDay: 100e6, sites: 1, retentionDays: 7, layout: 'batched' } as const

  it.each(regionNames)(
    'at 100 million events a day has a pipeline of at most 0.10 dollars a million (%s)',
    (region) => {
      const bill = monthlyBill(question, deployment, pricesOf(region) as RegionPrices)
      const { kinesis, consumersLambda, dynamodb, s3 } = bill.byService
      expect(bill.pipelinePerMillion).toBeCloseTo((kinesis + consumersLambda + dynamodb + s3) / 3000, 9)
      expect(bill.pipelinePerMillion).toBeLessThanOrEqual(0.1)
    },
  )

  it('says which stream is cheaper, and what the configuration does not allow for', () => {
    const bill = monthlyBill({ ...question, eventsPerDay: 10e9 }, deployment, prices)
    expect(bill.cheaperStream).toBe('provisioned')
    expect(bill.kinesis.provisioned).toBeLessThan(bill.byService.kinesis)
    expect(bill.warnings.join()).toContain('endpoint.maxTasks')
  })
})

/** What of the bill is what pages and people reach: endpoint, load balancer, firewall, dashboard. Dollars a month. */
import type { DeploymentConfig } from '../config.ts'
import measured from './measured.json' with { type: 'json' }
import type { ByService } from './model.ts'
import { bytesPerGiB, hoursPerMonth, secondsPerMonth } from './month.ts'
import type { RegionPrices } from './prices.ts'
import type { Traffic } from './traffic.ts'

const { assumed } = measured

/** What pages and people reach: in front of servers that run elsewhere there is nothing. */
export function doorCost(
  traffic: Traffic,
  config: DeploymentConfig,
  prices: RegionPrices,
): Pick<ByService, 'endpoint' | 'loadBalancer' | 'firewall' | 'dashboard'> {
  const isFunction = config.endpointHost === 'lambda'
  const hasServers = config.servers === 'fargate'
  // People at the dashboard are few beside the visitors of sites.
  const atBalancer = isFunction ? { ...traffic, requestsPerSecond: 0 } : traffic
  const ofTasks = hasServers ? tasksCost(traffic.endpointTasks, config.endpoint, prices) : 0
  return {
    endpoint: isFunction ? endpointFunctionCost(traffic, config, prices) : ofTasks,
    loadBalancer: hasServers ? balancerCost(atBalancer, prices) : 0,
    firewall: hasServers && config.requestsPerAddress !== undefined ? firewallCost(atBalancer, prices) : 0,
    dashboard: hasServers ? tasksCost(config.dashboard.minTasks, config.dashboard, prices) : 0,
  }
}

/** An invocation a request, nearly all of it waiting for Kinesis. */
export function endpointFunctionCost(
  { requestsPerSecond }: Traffic,
  { endpointFunction }: Pick<DeploymentConfig, 'endpointFunction'>,
  prices: RegionPrices,
): number {
  const requests = requestsPerSecond * secondsPerMonth
  const gibSeconds = requests * assumed.endpointFunctionSeconds * (endpointFunction.memoryMiB / 1024)
  return gibSeconds * prices.lambdaCompute.usd + (requests / 1e6) * prices.lambdaRequests.usd
}

/** Fargate tasks that run all month, each with a public address. */
export function tasksCost(
  tasks: number,
  { cpu, memoryMiB }: { cpu: number; memoryMiB: number },
  prices: RegionPrices,
): number {
  const hourly =
    (cpu / 1024) * prices.fargateCpu.usd + (memoryMiB / 1024) * prices.fargateMemory.usd + prices.publicIpv4.usd
  return tasks * hoursPerMonth * hourly
}

/** Capacity units: "Elastic Load Balancing pricing": 25 new connections a second, 3,000 active ones, 1 GB an hour. */
export function balancerCost({ requestsPerSecond }: Traffic, prices: RegionPrices): number {
  const connections = requestsPerSecond * assumed.connectionsPerRequest
  const gibPerHour = (requestsPerSecond * (assumed.requestBytes + assumed.answerBytes) * 3600) / bytesPerGiB
  const units = Math.max(connections / 25, (connections * assumed.connectionSeconds) / 3000, gibPerHour)
  const addresses = 2
  return hoursPerMonth * (prices.albHour.usd + units * prices.albLcu.usd + addresses * prices.publicIpv4.usd)
}

/** One list with one rule, and what it looks at. */
export function firewallCost({ requestsPerSecond }: Traffic, prices: RegionPrices): number {
  const millions = (requestsPerSecond * secondsPerMonth) / 1e6
  return prices.wafAcl.usd + prices.wafRule.usd + millions * prices.wafRequests.usd
}

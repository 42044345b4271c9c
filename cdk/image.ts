import { fileURLToPath } from 'node:url'
import { IgnoreMode } from 'aws-cdk-lib'
import { Platform } from 'aws-cdk-lib/aws-ecr-assets'
import { ContainerImage } from 'aws-cdk-lib/aws-ecs'

const projectRoot = fileURLToPath(new URL('..', import.meta.url))

/** What goes to Docker; everything else of the checkout (data, secrets, modules) stays where it is. */
const included = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'tsconfig.json',
  'tsconfig.browser.json',
  'stream',
  'snippet',
  'ingest',
  'consumers',
  'dashboard',
  'cdk/docker',
]

/** One image for every server process; what a service runs is its command. Built at deploy, not at synth. */
export function serverImage(): ContainerImage {
  return ContainerImage.fromAsset(projectRoot, {
    file: 'cdk/docker/Dockerfile',
    platform: Platform.LINUX_ARM64,
    ignoreMode: IgnoreMode.DOCKER,
    exclude: ['*', ...included.map((path) => `!${path}`), '**/*.md'],
  })
}

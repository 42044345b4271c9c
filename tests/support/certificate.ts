/** A certificate for 127.0.0.1 that signs itself, in a folder that goes with the test. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type Certificate = {
  key: string
  cert: string
  /** For NODE_EXTRA_CA_CERTS. */
  path: string
  remove(): Promise<void>
}

export async function makeCertificate(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  await run('openssl', [...request, ...names, '-keyout', key, '-out', cert])
  return {
    key: await readFile(key, 'utf8'),
    cert: await readFile(cert, 'utf8'),
    path: cert,
    remove: () => rm(folder, { recursive: true }),
  }
}

/** A certificate authority and a server certificate of its making, for loopback. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '@gatehouse/embedded'

export interface Certificates {
  /** The authority's certificate, PEM file. */
  readonly ca: string
  /** The server's certificate and key, PEM files; valid for `localhost`, 127.0.0.1 and ::1. */
  readonly cert: string
  readonly key: string
  /** Signs one more certificate; `clientAuth` for a client's. */
  issue(request: CertificateRequest): Promise<{ readonly cert: string; readonly key: string }>
  remove(): void
}

export interface CertificateRequest {
  readonly commonName: string
  /** `DNS:localhost,IP:127.0.0.1`, as openssl spells it. */
  readonly altNames?: string
  readonly usage?: 'serverAuth' | 'clientAuth'
  /** -1: it is over since yesterday. */
  readonly days?: number
  /** As openssl's `-newkey`; an elliptic curve by default, `rsa:2048` or `ed25519` otherwise. */
  readonly algorithm?: 'ec' | 'rsa:2048' | 'ed25519'
}

const LOOPBACK = 'DNS:localhost,IP:127.0.0.1,IP:::1'

/** Never one self-signed certificate: an authority used as an end entity is refused by strict clients. Needs openssl. */
export async function certificates(request: Partial<CertificateRequest> = {}): Promise<Certificates> {
  const folder = temporaryFolder('certificates')
  const file = (name: string) => join(folder.path, name)
  const ca = file('ca.pem')
  await openssl(folder.path, [
    ...['req', '-x509', ...newKey('ec'), '-days', '30', '-subj', '/CN=Gatehouse test CA'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ...['-keyout', file('ca.key'), '-out', ca],
  ])
  let count = 0
  /** `req` can't sign for the past, `x509` can. */
  const endYesterday = async (cert: string, key: string) => {
    const copied = ['-copy_extensions', 'copyall']
    await openssl(folder.path, [
      ...['x509', '-x509toreq', '-in', cert, '-signkey', key, ...copied, '-out', `${cert}.csr`],
    ])
    await openssl(folder.path, [
      ...['x509', '-req', '-in', `${cert}.csr`, '-CA', ca, '-CAkey', file('ca.key'), ...copied],
      ...['-set_serial', '1', '-days', '-1', '-out', cert],
    ])
  }
  const issue = async (wanted: CertificateRequest) => {
    count += 1
    const cert = file(`leaf-${count}.pem`)
    const key = file(`leaf-${count}.key`)
    await openssl(folder.path, [
      ...[
        'req',
        '-x509',
        ...newKey(wanted.algorithm ?? 'ec'),
        '-days',
        String(Math.max(wanted.days ?? 30, 1)),
        '-CA',
        ca,
        '-CAkey',
        file('ca.key'),
      ],
      ...['-subj', `/CN=${wanted.commonName}`, '-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-addext', `extendedKeyUsage=${wanted.usage ?? 'serverAuth'}`],
      ...(wanted.usage === 'clientAuth' && wanted.altNames === undefined
        ? []
        : ['-addext', `subjectAltName=${wanted.altNames ?? LOOPBACK}`]),
      ...['-keyout', key, '-out', cert],
    ])
    if (wanted.days === -1) await endYesterday(cert, key)
    return { cert, key }
  }
  const leaf = await issue({ commonName: 'localhost', ...request })
  return { ca, ...leaf, issue, remove: folder.remove }
}

function newKey(algorithm: NonNullable<CertificateRequest['algorithm']>): string[] {
  const curve = algorithm === 'ec' ? ['-pkeyopt', 'ec_paramgen_curve:P-256'] : []
  return ['-newkey', algorithm, ...curve, '-nodes']
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)('openssl', args, { cwd })
}

/** A real Apache Kafka broker (KRaft, one node). */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, type Program, startProgram, temporaryFolder } from '@gatehouse/embedded'
import { type KafkaVersion, kafkaJars } from './kafka-jars.js'

export interface KafkaOptions {
  /** 3.9 by default. */
  readonly version?: KafkaVersion
  readonly port?: number
  /** Lines of server.properties that are added, or that win over ours. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** Clients sign in with SCRAM-SHA-256. */
  readonly sasl?: { readonly username: string; readonly password: string }
  /** Clients speak TLS; PEM files, the key in PKCS #8. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export interface KafkaBroker {
  readonly host: string
  readonly port: number
  /** `['127.0.0.1:PORT']` */
  readonly brokers: readonly string[]
  readonly pid: number
  readonly logFile: string
  stop(): Promise<void>
  kill9(): Promise<void>
  /** Shuts down if it runs, then starts on the same port and data. */
  restart(): Promise<void>
}

const JAVA = [
  '-Xmx128m',
  '-Xms64m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Djava.net.preferIPv4Stack=true',
]

/** Resolves when it serves (2.1–2.4 s, the first time longer: its jars are fetched); topics are not made by themselves. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaBroker> {
  const version = options.version ?? '3.9'
  const jars = await kafkaJars(version)
  const folder = temporaryFolder('kafka')
  const port = options.port ?? (await freePort())
  const properties = join(folder.path, 'server.properties')
  const classPath = ['-cp', join(jars, '*')]
  const java = [...JAVA, ...logging(version, folder.path), ...classPath]
  const launch = (): Promise<Program> =>
    startProgram({
      command: 'java',
      args: [...java, 'kafka.Kafka', properties],
      ready: /Kafka Server started/,
      readyWithin: 90_000,
      folder: folder.path,
      removed: folder.path,
    })
  try {
    const settings = {
      ...serverProperties(folder.path, port, await freePort(), await freePort(), options),
      ...options.settings,
    }
    writeFileSync(
      properties,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
      { mode: 0o600 },
    )
    const user = options.sasl
      ? ['--add-scram', `SCRAM-SHA-256=[name=${options.sasl.username},password=${options.sasl.password}]`]
      : []
    const format = ['format', '-t', clusterId(), '-c', properties, ...user]
    await promisify(execFile)('java', [...java, 'kafka.tools.StorageTool', ...format], { cwd: folder.path })
    let program = await launch()
    return {
      host: '127.0.0.1',
      port,
      brokers: [`127.0.0.1:${port}`],
      get pid() {
        return program.pid
      },
      logFile: program.logFile,
      async stop() {
        await program.stop()
        folder.remove()
      },
      kill9: () => program.kill9(),
      async restart() {
        await program.stop()
        program = await launch()
      },
    }
  } catch (error) {
    folder.remove()
    throw error
  }
}

function serverProperties(
  folder: string,
  port: number,
  internal: number,
  controller: number,
  options: KafkaOptions,
) {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `CLIENT://127.0.0.1:${port},INTERNAL://127.0.0.1:${internal},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${port},INTERNAL://127.0.0.1:${internal}`,
    'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:${options.sasl ? 'SASL_' : ''}${options.tls ? 'SSL' : 'PLAINTEXT'}`,
    'inter.broker.listener.name': 'INTERNAL',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // Without it a heap of 128 MB is not enough for 3.9.
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'num.network.threads': 2,
    'num.io.threads': 2,
    // A restart after a crash takes 2.3 s instead of 11.5.
    'broker.session.timeout.ms': 1000,
    'broker.heartbeat.interval.ms': 200,
    ...(options.sasl ? SASL : {}),
    ...(options.tls ? keystore(options.tls) : {}),
  }
}

const SASL = {
  'sasl.enabled.mechanisms': 'SCRAM-SHA-256',
  'listener.name.client.scram-sha-256.sasl.jaas.config':
    'org.apache.kafka.common.security.scram.ScramLoginModule required;',
}

function keystore(tls: { readonly cert: string; readonly key: string }) {
  const inline = (file: string) => readFileSync(file, 'utf8').trim().replaceAll('\n', '\\n')
  return {
    'listener.name.client.ssl.keystore.type': 'PEM',
    'listener.name.client.ssl.keystore.key': inline(tls.key),
    'listener.name.client.ssl.keystore.certificate.chain': inline(tls.cert),
  }
}

/** Kafka says that it has started in a log line; each release line has a logging library of its own. */
function logging(version: KafkaVersion, folder: string): string[] {
  const old = version === '3.9'
  const file = join(folder, old ? 'log4j.properties' : 'log4j2.properties')
  writeFileSync(file, old ? LOG4J_1 : LOG4J_2)
  return [`-D${old ? 'log4j.configuration' : 'log4j2.configurationFile'}=file:${file}`]
}

const LOG4J_1 = `log4j.rootLogger=WARN, out
log4j.logger.kafka.server.KafkaRaftServer=INFO
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d{ISO8601} %p %c %m%n
`

const LOG4J_2 = `rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c %m%n
`

/** 16 bytes in base64url; one that begins with `-` would be read as an option. */
const clusterId = () => `A${randomBytes(16).toString('base64url').slice(1)}`

/** Apache Kafka's jars, fetched once by Maven into the cache. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder, onPath } from '@gatehouse/embedded'
import { type Availability, PROVIDE } from './available.js'

/** Exact versions: the listed 4.4.0 does not resolve. */
const RELEASES = {
  '3.9': { kafka: '3.9.2', logging: ['org.slf4j', 'slf4j-reload4j', '1.7.36'] },
  '4.3': { kafka: '4.3.1', logging: ['org.apache.logging.log4j', 'log4j-slf4j-impl', '2.25.4'] },
} as const
export type KafkaVersion = keyof typeof RELEASES

export function kafkaAvailable(version: KafkaVersion = '3.9'): Availability {
  if (!onPath('java')) return { ok: false, why: 'no `java` (17 or later)', remedy: PROVIDE }
  if (existsSync(jarFolder(version)) || onPath('mvn')) return { ok: true }
  return {
    ok: false,
    why: 'its jars are not in the cache and there is no `mvn` to fetch them',
    remedy: PROVIDE,
  }
}

/** The folder that holds the jars; the first call fetches 46 MB from the Maven repository that `mvn` is set up for. */
export async function kafkaJars(version: KafkaVersion): Promise<string> {
  const folder = jarFolder(version)
  if (existsSync(folder)) return folder
  const draft = mkdtempSync(`${folder}.`)
  try {
    writeFileSync(join(draft, 'pom.xml'), pom(version))
    const args = [
      '-q',
      '-B',
      'dependency:copy-dependencies',
      '-DoutputDirectory=lib',
      '-DincludeScope=runtime',
    ]
    await promisify(execFile)('mvn', args, { cwd: draft, timeout: 600_000 })
    renameSync(join(draft, 'lib'), folder)
  } catch (error) {
    if (!existsSync(folder))
      throw new Error(`could not fetch Kafka's jars: ${String(error)}`, { cause: error })
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return folder
}

function jarFolder(version: KafkaVersion): string {
  return join(cacheFolder(), `kafka-${RELEASES[version].kafka}`)
}

function pom(version: KafkaVersion): string {
  const { kafka, logging } = RELEASES[version]
  const dependency = (group: string, artifact: string, release: string) =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${release}</version></dependency>`
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>gatehouse</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependency('org.apache.kafka', 'kafka_2.13', kafka)}
${dependency(logging[0], logging[1], logging[2])}
</dependencies></project>
`
}

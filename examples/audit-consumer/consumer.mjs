// Prints one line per statement. An outcome's record repeats its decision, so it stands for both.
import kafkajs from 'kafkajs'

const { KAFKA_BROKERS = '127.0.0.1:9092', TOPIC = 'gatehouse.audit.v1', STATEMENTS } = process.env
const kafka = new kafkajs.Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: kafkajs.logLevel.NOTHING })
const consumer = kafka.consumer({ groupId: `example-${process.pid}`, maxWaitTimeInMs: 200 })
const seen = new Set() // delivery is at least once: the record's id tells copies apart
let left = Number(STATEMENTS ?? Number.POSITIVE_INFINITY)

function print({ actor, unmapped }) {
  const { actions, decision, outcome } = unmapped.gatehouse
  const what = actions.map(({ verb, resource }) => `${verb} ${resource}`).join(', ')
  const masked = (decision.masks ?? []).map((mask) => `${mask.output} masked (${mask.with})`)
  const why = [...decision.rules, ...masked].join(', ')
  const end = `${outcome.status}, ${outcome.returned} returned, ${outcome.affected} affected`
  console.log(`${actor.user.name}: ${what}: ${decision.effect} [${why}] → ${end}`)
}

await consumer.connect()
await consumer.subscribe({ topics: [TOPIC], fromBeginning: true })
await consumer.run({
  eachMessage: async ({ message }) => {
    const record = JSON.parse(message.value)
    if (left === 0 || record.unmapped.gatehouse.phase !== 'outcome' || seen.has(record.metadata.uid)) return
    seen.add(record.metadata.uid)
    print(record)
    if (--left === 0) setImmediate(() => consumer.disconnect())
  },
})

/** A reader whose fields inside documents bear the classes of their keys (R6). */
import { type ClassesDocument, classifyInside } from '@gatehouse/masking'
import type { MysqlEffect, MysqlPlan, MysqlReader, MysqlReading, MysqlStatement } from '@gatehouse/sql'

/** A plan that is read again is the same object again, as the reader's own are: decisions are remembered by it (R5). */
export function classifiedReader(reader: MysqlReader, document: ClassesDocument | undefined): MysqlReader {
  const known = new WeakMap<MysqlPlan, MysqlPlan>()
  const classify = (plan: MysqlPlan): MysqlPlan => {
    if (plan.kind !== 'read') return plan
    const found = known.get(plan)
    if (found !== undefined) return found
    const statements = plan.statements.map((statement) => classifyStatement(statement, document))
    const changed = statements.some((statement, index) => statement !== plan.statements[index])
    const made: MysqlPlan = changed ? { ...plan, statements } : plan
    known.set(plan, made)
    return made
  }
  const classified = (reading: MysqlReading): MysqlReading => {
    const plan = classify(reading.plan)
    return plan === reading.plan ? reading : { ...reading, plan }
  }
  return {
    read(text, context, multiple, parameters) {
      const reading = reader.read(text, context, multiple, parameters)
      return reading instanceof Promise ? reading.then(classified) : classified(reading)
    },
    learn: (catalog) => reader.learn(catalog),
    close: () => reader.close(),
  }
}

function classifyStatement(statement: MysqlStatement, document: ClassesDocument | undefined): MysqlStatement {
  const own = classifyInside(statement, document)
  const effects = own.effects.map((effect): MysqlEffect => {
    if (effect.kind !== 'prepare') return effect
    const inner = classifyStatement(effect.statement, document)
    return inner === effect.statement ? effect : { ...effect, statement: inner }
  })
  return effects.some((effect, index) => effect !== own.effects[index]) ? { ...own, effects } : own
}

/** A reader whose fields inside documents bear the classes of their keys (R6). */
import { type ClassesDocument, classifyInside } from '@gatehouse/masking'
import type { Effect, Plan, PostgresReader, PostgresStatement } from '@gatehouse/sql'

/** A plan that is read again is the same object again, as the reader's own are: decisions are remembered by it (R5). */
export function classifiedReader(
  reader: PostgresReader,
  document: ClassesDocument | undefined,
): PostgresReader {
  const known = new WeakMap<Plan, Plan>()
  const classify = (plan: Plan): Plan => {
    if (plan.kind !== 'read') return plan
    const found = known.get(plan)
    if (found !== undefined) return found
    const statements = plan.statements.map((statement) => classifyStatement(statement, document))
    const changed = statements.some((statement, index) => statement !== plan.statements[index])
    const made: Plan = changed ? { ...plan, statements } : plan
    known.set(plan, made)
    return made
  }
  return {
    read(text, parameterTypes, context) {
      const plan = reader.read(text, parameterTypes, context)
      return plan instanceof Promise ? plan.then(classify) : classify(plan)
    },
    learn: (catalog) => reader.learn(catalog),
    close: () => reader.close(),
  }
}

function classifyStatement(
  statement: PostgresStatement,
  document: ClassesDocument | undefined,
): PostgresStatement {
  const own = classifyInside(statement, document)
  const effects = own.effects.map((effect): Effect => {
    if (effect.kind !== 'prepare' && effect.kind !== 'declare') return effect
    const inner = classifyStatement(effect.statement, document)
    return inner === effect.statement ? effect : { ...effect, statement: inner }
  })
  return effects.some((effect, index) => effect !== own.effects[index]) ? { ...own, effects } : own
}

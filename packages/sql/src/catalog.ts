/** A relational upstream's catalog as the readers need it: plain data, so that a worker or a file can hold it. */

export interface CatalogColumn {
  readonly name: string
  /** Attribute number; RowDescription names it as the origin. */
  readonly number: number
  readonly type: number
  /** Classes of data: by name, comment or a Classes document (R6, R22). */
  readonly classes: readonly string[]
  readonly nullable: boolean
  /** Text of a generated column's expression, when it has one. */
  readonly generated?: string
}

export type RelationKind =
  | 'table'
  | 'partitioned'
  | 'view'
  | 'materialized'
  | 'foreign'
  | 'sequence'
  | 'composite'
  | 'toast'
  | 'index'

export interface CatalogRelation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: RelationKind
  readonly columns: readonly CatalogColumn[]
  /** The query of a view or materialised view; left out when it could not be read in time: then it is opaque (R2). */
  readonly definition?: string
  /** Parents by inheritance or partitioning. */
  readonly parents: readonly number[]
  /** Rewrite rules other than a view's own, or triggers: writing does more than its text says. */
  readonly rules: boolean
  readonly triggers: boolean
}

export interface CatalogRoutine {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window'
  readonly arguments: readonly number[]
  readonly variadic: boolean
  readonly defaults: number
  readonly returns: number
  readonly returnsSet: boolean
  readonly language: string
  /** SQL-language body, or its hash-worthy source. */
  readonly body: string
  readonly securityDefiner: boolean
}

export interface CatalogType {
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly kind: 'base' | 'composite' | 'domain' | 'enum' | 'pseudo' | 'range' | 'multirange'
  /** pg_type.typrelid of a composite or rowtype. */
  readonly relation: number
  readonly element: number
  readonly base: number
}

export interface CatalogOperator {
  readonly schema: string
  readonly name: string
  readonly left: number
  readonly right: number
  /** OID of the function behind it. */
  readonly routine: number
}

export interface CatalogCast {
  readonly source: number
  readonly target: number
  /** 0: binary coercible or through text input/output. */
  readonly routine: number
  /** Applied without being asked for (pg_cast.castcontext `i`); left out: it may be. */
  readonly implicit?: boolean
}

/** Everything outside pg_catalog and information_schema, plus the relations (not routines) of those two. */
export interface Catalog {
  readonly engine: 'postgres'
  readonly major: number
  readonly serverVersion: string
  readonly database: string
  /** Grows with each reading that differs. */
  readonly epoch: number
  readonly relations: readonly CatalogRelation[]
  /** User-defined ones; built-ins are on the closed list of R3. */
  readonly routines: readonly CatalogRoutine[]
  readonly types: readonly CatalogType[]
  readonly operators: readonly CatalogOperator[]
  readonly casts: readonly CatalogCast[]
  readonly schemas: readonly string[]
}

/** A `kind: Functions` document's entry: a routine that somebody reviewed (R3). */
export interface ReviewedRoutine {
  readonly name: string
  readonly body: string
  readonly verbs: readonly string[]
  readonly clean: boolean
}

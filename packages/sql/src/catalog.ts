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
  /** Text of its default; left out when it has none, or in a file that was written before defaults were read. */
  readonly default?: string
}

/** What a foreign key does to the referring rows (pg_constraint.confdeltype, confupdtype). */
export type ReferentialAction = 'none' | 'restrict' | 'cascade' | 'set-null' | 'set-default'

export interface CatalogForeignKey {
  /** Attribute numbers of the referring columns, in the key's order. */
  readonly columns: readonly number[]
  /** OID of the relation that they refer to, and its attribute numbers. */
  readonly relation: number
  readonly referenced: readonly number[]
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
}

/** A policy of row security; its expressions run with every statement that it applies to. */
export interface CatalogPolicy {
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  readonly using?: string
  readonly check?: string
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
  /** Attribute numbers of its partition key, 0 for an expression; left out when it has no partitions. */
  readonly partitionKey?: readonly number[]
  /** Rewrite rules other than a view's own, or triggers: writing does more than its text says. */
  readonly rules: boolean
  readonly triggers: boolean
  readonly owner?: string
  readonly foreignKeys?: readonly CatalogForeignKey[]
  /** Texts of its CHECK constraints. */
  readonly checks?: readonly string[]
  /** Row security is enabled; `forced` binds the owner too. Left out: it is not. */
  readonly rowSecurity?: 'enabled' | 'forced'
  readonly policies?: readonly CatalogPolicy[]
}

/** One of a routine's parameters, in the order of pg_proc.proallargtypes. */
export interface CatalogParameter {
  /** Empty when it has none. */
  readonly name: string
  readonly mode: 'in' | 'out' | 'inout' | 'variadic' | 'table'
  readonly type: number
}

/** A function behind an aggregate, by its full name; `oid` finds it among the routines when users made it. */
export interface CatalogSupport {
  readonly oid: number
  readonly schema: string
  readonly name: string
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
  /** The file that holds a C routine's code (pg_proc.probin); `body` is the symbol in it. */
  readonly library?: string
  readonly securityDefiner: boolean
  /** Left out in a file that was written before they were read: then names and OUT columns are not known. */
  readonly parameters?: readonly CatalogParameter[]
  /** The defaults of its last input parameters, comma-separated, as pg_get_expr shows them. */
  readonly defaultTexts?: string
  /** The body was parsed when the routine was made (RETURN, BEGIN ATOMIC): its names mean what they meant then. */
  readonly atomic?: boolean
  /** What SET clauses give it, each `name=value` (pg_proc.proconfig). */
  readonly settings?: readonly string[]
  readonly owner?: string
  /** What an aggregate runs. */
  readonly support?: readonly CatalogSupport[]
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
  /** OID of the routine that reads its text (pg_type.typinput), of a base type. */
  readonly input?: number
  /** Texts of a domain's own constraints over `VALUE`; left out where they were not read. */
  readonly checks?: readonly string[]
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

/** The schemas in which one role may look names up (has_schema_privilege USAGE); any other is skipped, as the server does. */
export interface CatalogUsage {
  readonly role: string
  readonly schemas: readonly string[]
  /** Those where the answer differs among the roles that this one can take: a name there may be skipped or not. */
  readonly doubtful: readonly string[]
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
  /** For the upstream accounts and the owners of SECURITY DEFINER routines; a role that is not listed may use all. */
  readonly usage?: readonly CatalogUsage[]
}

/** A `kind: Functions` document's entry: a routine that somebody reviewed (R3). */
export interface ReviewedRoutine {
  readonly name: string
  readonly body: string
  readonly verbs: readonly string[]
  readonly clean: boolean
}

/** Every node of a query's tree that the resolver understands: one that it does not may mean anything. */
import { walk } from '../tree.js'

const KNOWN: ReadonlySet<string> = new Set(
  `SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt ResTarget ColumnRef A_Star String List A_Const Integer Float Boolean
  BitString ParamRef A_Expr BoolExpr NullTest BooleanTest FuncCall NamedArgExpr TypeCast TypeName SubLink A_Indirection
  A_Indices CaseExpr CaseWhen RowExpr CoalesceExpr MinMaxExpr A_ArrayExpr CollateClause SQLValueFunction SetToDefault
  MergeSupportFunc CurrentOfExpr GroupingFunc GroupingSet MultiAssignRef XmlExpr XmlSerialize WindowDef SortBy RangeVar
  RangeSubselect RangeFunction RangeTableSample RangeTableFunc RangeTableFuncCol JsonTable JsonTableColumn
  JsonTablePathSpec JoinExpr Alias ColumnDef LockingClause WithClause CommonTableExpr CTESearchClause CTECycleClause
  IntoClause OnConflictClause InferClause IndexElem ReturningClause ReturningOption MergeWhenClause DefElem JsonValueExpr
  JsonFormat JsonReturning JsonOutput JsonKeyValue JsonArgument JsonBehavior JsonObjectConstructor JsonArrayConstructor
  JsonArrayQueryConstructor JsonObjectAgg JsonArrayAgg JsonAggConstructor JsonFuncExpr JsonParseExpr JsonScalarExpr
  JsonSerializeExpr JsonIsPredicate`.split(/\s+/),
)

/** The type of a node in the tree that is not understood; undefined when all are. */
export function unknownNode(tree: unknown): string | undefined {
  let found: string | undefined
  walk(tree, (type) => {
    if (!KNOWN.has(type)) found ??= type
  })
  return found
}

const checked = new WeakMap<object, string | undefined>()

/** The same for a tree that the catalog keeps. */
export function unknownNodeOnce(tree: object): string | undefined {
  if (!checked.has(tree)) checked.set(tree, unknownNode(tree))
  return checked.get(tree)
}

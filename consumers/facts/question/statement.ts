/**
 * What may be asked: one SELECT, of the tables that are there. DuckDB's own parser says what a text is, so nothing of SQL
 * is understood here otherwise than where it is run. What DuckDB is told not to do (database.ts) does not depend on it.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { placeIn, QuestionError } from './question.ts'

/** Tables made of nothing but what is given to them. `query` and `query_table` run any text. */
const tableFunctions: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'json_each',
  'json_tree',
  'repeat',
])

/** They tell of the process and where its files are, or plan a text of their own. */
const hiddenFunctions = /^(pg_|has_|inet_|current_setting$|getenv$|json_serialize_plan$|write_log$|nextval$|currval$)/

/** What can stand after FROM. */
const tableKinds: ReadonlySet<string> = new Set([
  'BASE_TABLE',
  'SUBQUERY',
  'JOIN',
  'TABLE_FUNCTION',
  'EXPRESSION_LIST',
  'EMPTY',
  'PIVOT',
  'SHOW_REF',
])

type Node = { readonly [key: string]: unknown }
type Parsed =
  | { error: true; error_type: string; error_message: string; position?: string }
  | { error: false; statements: Node[] }

/**
 * @param tables that may be named
 * @returns the same statement, as DuckDB writes it
 * @throws QuestionError
 */
export async function checkStatement(
  connection: DuckDBConnection,
  sql: string,
  tables: readonly string[],
): Promise<string> {
  const parse = await connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR)', { sql })
  const parsed = JSON.parse(String(parse.getRows()[0]?.[0])) as Parsed
  if (parsed.error) throw toRefusal(sql, parsed)
  const [statement, second] = parsed.statements
  if (!statement) throw new QuestionError('bad_sql', 'There is no question.')
  if (second) throw new QuestionError('not_allowed', 'One question at a time: there are several statements.')
  const nodes = [...nodesOf(statement)]
  const names = new Set([...tables, ...nodes.flatMap(namesOf)].map((name) => name.toLowerCase()))
  for (const node of nodes) checkNode(sql, node, names, tables)
  const text = await connection.runAndReadAll('SELECT json_deserialize_sql(json_serialize_sql($sql::VARCHAR))', { sql })
  return String(text.getRows()[0]?.[0])
}

function toRefusal(sql: string, { error_type, error_message, position }: Parsed & { error: true }): QuestionError {
  if (error_type === 'not implemented')
    return new QuestionError(
      'not_allowed',
      'Only questions are answered: one SELECT, or WITH … SELECT. Nothing can be written, loaded, attached or set.',
    )
  return new QuestionError('bad_sql', error_message, placeIn(sql, Number(position)))
}

/** All that is in a tree, its root first. Without recursion: a text may be nested deeper than a stack. */
function* nodesOf(root: Node): Generator<Node> {
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const each = waiting.pop()
    if (Array.isArray(each)) for (const element of each) waiting.push(element)
    else if (typeof each === 'object' && each !== null) {
      yield each as Node
      for (const child of Object.values(each)) waiting.push(child)
    }
  }
}

/** Tables that a WITH makes. */
function namesOf({ cte_map, cte_name }: Node): string[] {
  const { map = [] } = (cte_map ?? {}) as { map?: { key: string }[] }
  return [...map.map(({ key }) => key), ...(typeof cte_name === 'string' ? [cte_name] : [])]
}

function checkNode(sql: string, node: Node, names: ReadonlySet<string>, tables: readonly string[]): void {
  const place = placeIn(sql, Number(node.query_location))
  const refuse = (message: string) => new QuestionError('not_allowed', message, place)
  const text = (key: string) => (typeof node[key] === 'string' ? node[key] : '')
  if (text('class') === 'FUNCTION' && hiddenFunctions.test(text('function_name').toLowerCase()))
    throw refuse(`The function ${text('function_name')} is not to be had here.`)
  const isTable = 'sample' in node && 'alias' in node && !('class' in node)
  if (!isTable) return
  const kind = text('type')
  if (!tableKinds.has(kind)) throw refuse('This cannot be asked of here.')
  if (kind === 'BASE_TABLE') {
    const isOwn =
      text('schema_name') === '' && text('catalog_name') === '' && names.has(text('table_name').toLowerCase())
    const name = [text('catalog_name'), text('schema_name'), text('table_name')].filter((part) => part !== '').join('.')
    if (!isOwn)
      throw refuse(`There is no table ${name.slice(0, 100)} here. There is ${tables.join(', ')}, and what WITH names.`)
  }
  if (kind === 'TABLE_FUNCTION') {
    const name = String((node.function as Node | undefined)?.function_name)
    if (!tableFunctions.has(name.toLowerCase()))
      throw refuse(
        `${name.slice(0, 100)} is not to be had here: it would read something else than ${tables.join(', ')}.`,
      )
  }
  // DESCRIBE and SUMMARIZE are about a query; SHOW is about what the process has.
  if (kind === 'SHOW_REF' && node.query === null)
    throw refuse(`There is ${tables.join(', ')}: DESCRIBE ${tables[0]} shows its columns.`)
}

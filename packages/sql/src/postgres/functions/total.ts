/** Table of built-ins that never raise, take constant time and give no sets, whatever the value (R16). */

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** In every argument. */
export const TOTAL = names(`
  lower upper initcap reverse btrim ltrim rtrim concat concat_ws md5 sha224 sha256 sha384 sha512 quote_ident
  quote_literal quote_nullable char_length character_length octet_length bit_length
  to_json to_jsonb row_to_json array_to_json json_build_array jsonb_build_array
  json_agg jsonb_agg json_agg_strict jsonb_agg_strict array_agg string_agg min max any_value bool_and bool_or every
  pg_typeof num_nulls num_nonnulls cardinality array_length array_lower array_upper array_ndims array_dims json_typeof
  jsonb_typeof jsonb_pretty json_strip_nulls jsonb_strip_nulls starts_with
  row_number rank dense_rank percent_rank cume_dist first_value last_value
  json_extract_path json_extract_path_text jsonb_extract_path jsonb_extract_path_text
  now transaction_timestamp statement_timestamp clock_timestamp timeofday current_database current_schema
  current_schemas current_user session_user user current_catalog version pg_backend_pid pi random gen_random_uuid uuidv4
  uuidv7 getdatabaseencoding pg_client_encoding isfinite lower_inc upper_inc lower_inf upper_inf isempty
`)

/** In the first argument; the others must hold no field (a negative length, a long padding tells of them). */
export const TOTAL_FIRST = names(`left right substr translate encode lag lead nth_value strpos`)

/** In the first argument, the others being integer literals: otherwise it is a pattern. */
export const TOTAL_INTEGER_POSITIONS = names(`substring`)

/** With a single argument. */
export const TOTAL_ALONE = names(`length text`)

/** Gathers many values into one (R21). */
export const COLLECTING = names(`
  array_agg string_agg json_agg jsonb_agg json_agg_strict jsonb_agg_strict json_object_agg jsonb_object_agg
  json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_object_agg_strict
  jsonb_object_agg_unique jsonb_object_agg_unique_strict xmlagg range_agg
`)

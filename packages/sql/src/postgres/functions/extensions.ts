/** Table of what the modules of well-known extensions only compute: by the module's file and the symbol in it (R3). */
import type { CatalogRoutine } from '../../catalog.js'

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/**
 * Left out: what runs a text (crosstab, connectby), what changes the session (set_limit, accept_weak_input), what fills rows of
 * types that users made (hstore_populate_record), and secrets (pgp_*, pg_decrypt).
 */
const MODULES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    '$libdir/_int',
    names(`_int_contained _int_contains _int_different _int_inter _int_overlap _int_same _int_union boolop bqarr_in bqarr_out
      icount idx intarray_del_elem intarray_push_array intarray_push_elem intset intset_subtract intset_union_elem rboolop
      sort sort_asc sort_desc subarray uniq`),
  ],
  [
    '$libdir/btree_gist',
    names(`cash_dist date_dist float4_dist float8_dist int2_dist int4_dist int8_dist interval_dist oid_dist time_dist ts_dist
      tstz_dist`),
  ],
  [
    '$libdir/citext',
    names(`citext_cmp citext_eq citext_ge citext_gt citext_hash citext_hash_extended citext_larger citext_le citext_lt
      citext_ne citext_pattern_cmp citext_pattern_ge citext_pattern_gt citext_pattern_le citext_pattern_lt citext_smaller`),
  ],
  [
    '$libdir/fuzzystrmatch',
    names(`daitch_mokotoff difference dmetaphone dmetaphone_alt levenshtein levenshtein_less_equal
      levenshtein_less_equal_with_costs levenshtein_with_costs metaphone soundex`),
  ],
  [
    '$libdir/hstore',
    names(`hstore_akeys hstore_avals hstore_cmp hstore_concat hstore_contained hstore_contains hstore_defined hstore_delete
      hstore_delete_array hstore_delete_hstore hstore_each hstore_eq hstore_exists hstore_exists_all hstore_exists_any
      hstore_fetchval hstore_from_array hstore_from_arrays hstore_from_record hstore_from_text hstore_ge hstore_gt
      hstore_hash hstore_hash_extended hstore_in hstore_le hstore_lt hstore_ne hstore_out hstore_send hstore_skeys
      hstore_slice_to_array hstore_slice_to_hstore hstore_svals hstore_to_array hstore_to_json hstore_to_json_loose
      hstore_to_jsonb hstore_to_jsonb_loose hstore_to_matrix`),
  ],
  [
    '$libdir/ltree',
    names(`_lca _lt_q_regex _lt_q_rregex _ltq_extract_regex _ltq_regex _ltq_rregex _ltree_extract_isparent
      _ltree_extract_risparent _ltree_isparent _ltree_r_isparent _ltree_r_risparent _ltree_risparent _ltxtq_exec
      _ltxtq_extract_exec _ltxtq_rexec hash_ltree hash_ltree_extended lca lquery_in lquery_out lt_q_regex lt_q_rregex
      ltq_regex ltq_rregex ltree2text ltree_addltree ltree_addtext ltree_cmp ltree_eq ltree_ge ltree_gt ltree_in
      ltree_index ltree_isparent ltree_le ltree_lt ltree_ne ltree_out ltree_risparent ltree_textadd ltxtq_exec ltxtq_in
      ltxtq_out ltxtq_rexec nlevel subltree subpath text2ltree`),
  ],
  [
    '$libdir/pg_trgm',
    names(`show_limit show_trgm similarity similarity_dist similarity_op strict_word_similarity
      strict_word_similarity_commutator_op strict_word_similarity_dist_commutator_op strict_word_similarity_dist_op
      strict_word_similarity_op word_similarity word_similarity_commutator_op word_similarity_dist_commutator_op
      word_similarity_dist_op word_similarity_op`),
  ],
  ['$libdir/pgcrypto', names('pg_digest pg_hmac pg_random_bytes pg_random_uuid')],
  ['$libdir/tablefunc', names('normal_rand')],
  ['$libdir/unaccent', names('unaccent_dict')],
  [
    '$libdir/uuid-ossp',
    names(`uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil uuid_ns_dns
      uuid_ns_oid uuid_ns_url uuid_ns_x500`),
  ],
])

/** The server's own code under an extension's names: citext's input, casts and patterns. */
const INTERNAL =
  names(`textin textout textrecv textsend rtrim1 booltext network_show texticregexeq texticregexne texticlike
  texticnlike`)

/**
 * A routine in C or of the server's inside is what its module and symbol say, whoever owns it and whatever its name: only a
 * superuser makes one (CREATE FUNCTION, manual), and nobody can change either afterwards.
 */
export function onlyComputes(routine: CatalogRoutine): boolean {
  if (routine.securityDefiner || routine.settings === undefined || routine.settings.length > 0) return false
  if (routine.kind === 'procedure' || routine.defaults > 0) return false
  if (routine.language === 'internal') return INTERNAL.has(routine.body)
  return routine.language === 'c' && MODULES.get(routine.library ?? '')?.has(routine.body) === true
}

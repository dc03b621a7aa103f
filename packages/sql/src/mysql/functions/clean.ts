/** Table of built-ins that only compute or describe, but may raise, warn or vary in cost: a use of what they read. */

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}

/** Strings, patterns, conversion (MySQL reference manual §14.8, §14.10; MariaDB String Functions). */
const STRINGS = `
  ascii bin bin_to_uuid char chr compress elt export_set field find_in_set format format_bytes format_pico_time
  from_base64 insert instr is_uuid left locate lpad make_set mid oct ord position regexp_instr regexp_like
  regexp_replace regexp_substr repeat replace right rpad sha2 space strcmp substr substring substring_index to_char
  to_number uncompress uncompressed_length unhex uuid_to_bin weight_string convert convert_tz natural_sort_key sformat
  validate_password_strength random_bytes aes_decrypt aes_encrypt des_decrypt des_encrypt decode encode
  encrypt password old_password kdf inet_aton inet_ntoa inet6_aton inet6_ntoa is_ipv4 is_ipv4_compat
  is_ipv4_mapped is_ipv6 extractvalue updatexml name_const
  statement_digest statement_digest_text interval
`

/** Numbers (§14.6). */
const NUMBERS = `
  abs acos asin atan atan2 bit_count ceil ceiling conv cos cot degrees div exp floor greatest least ln log log10 log2
  mod pow power radians rand round sign sin sqrt tan truncate trunc nullif strict_compare decode_histogram
`

/** Dates (§14.7). */
const DATES = `
  add_months adddate addtime date date_add date_format date_sub datediff day dayname dayofmonth dayofweek dayofyear
  extract from_days from_unixtime get_format hour last_day localtime makedate maketime microsecond minute month
  monthname now curtime current_time current_timestamp localtimestamp period_add period_diff quarter sec_to_time second
  str_to_date subdate subtime sysdate time time_format time_to_sec timediff timestamp timestampadd timestampdiff
  to_days to_seconds unix_timestamp utc_time utc_timestamp week weekday weekofyear year yearweek months_between
`

/** Documents (§14.17). */
const DOCUMENTS = `
  json_append json_array_append json_array_insert json_arrayagg json_array_intersect json_compact json_contains
  json_contains_path json_depth json_detailed json_equals json_exists json_extract json_insert json_keys json_length
  json_loose json_merge json_merge_patch json_merge_preserve json_normalize json_object json_object_filter_keys
  json_object_to_array json_objectagg json_overlaps json_pretty json_query json_quote json_remove json_replace
  json_schema_valid json_schema_validation_report json_search json_set json_storage_free json_storage_size
  json_type json_unquote json_valid json_value json_key_value json_unwrap member_of
`

/** Places (§14.16). */
const GEOMETRY = `
  area asbinary astext aswkb aswkt boundary buffer centroid contains convexhull crosses dimension disjoint endpoint
  envelope equals exteriorring geomcollfromtext geomcollfromwkb geomfromtext geomfromwkb geometrycollection
  geometrycollectionfromtext geometrycollectionfromwkb geometryfromtext geometryfromwkb geometryn geometrytype glength
  interiorringn intersects isclosed isempty isring issimple linefromtext linefromwkb linestring linestringfromtext
  linestringfromwkb mbrcontains mbrcoveredby mbrcovers mbrdisjoint mbrequal mbrequals mbrintersects mbroverlaps
  mbrtouches mbrwithin mlinefromtext mlinefromwkb mpointfromtext mpointfromwkb mpolyfromtext mpolyfromwkb
  multilinestring multilinestringfromtext multilinestringfromwkb multipoint multipointfromtext multipointfromwkb
  multipolygon multipolygonfromtext multipolygonfromwkb numgeometries numinteriorrings numpoints overlaps point
  pointfromtext pointfromwkb pointn pointonsurface polyfromtext polyfromwkb polygon polygonfromtext polygonfromwkb
  srid startpoint st_area st_asbinary st_asgeojson st_astext st_aswkb st_aswkt st_boundary st_buffer
  st_buffer_strategy st_centroid st_collect st_contains st_convexhull st_crosses st_difference st_dimension
  st_disjoint st_distance st_distance_sphere st_endpoint st_envelope st_equals st_exteriorring st_frechetdistance
  st_geohash st_geomcollfromtext st_geomcollfromwkb st_geometryfromtext st_geometryfromwkb st_geometryn
  st_geometrytype st_geomfromgeojson st_geomfromtext st_geomfromwkb st_hausdorffdistance st_interiorringn
  st_intersection st_intersects st_isclosed st_isempty st_isring st_issimple st_isvalid st_latfromgeohash st_latitude
  st_length st_linefromtext st_linefromwkb st_lineinterpolatepoint st_lineinterpolatepoints st_longfromgeohash
  st_longitude st_makeenvelope st_mlinefromtext st_mlinefromwkb st_mpointfromtext st_mpolyfromtext st_numgeometries
  st_numinteriorrings st_numpoints st_overlaps st_pointatdistance st_pointfromgeohash st_pointfromtext
  st_pointfromwkb st_pointn st_pointonsurface st_polyfromtext st_polyfromwkb st_relate st_simplify st_srid
  st_startpoint st_swapxy st_symdifference st_touches st_transform st_union st_validate st_within st_x st_y touches
  within x y
`

/** Aggregates and windows that can overflow, or that convert what they see. */
const AGGREGATES = `
  avg bit_and bit_or bit_xor std stddev stddev_pop stddev_samp sum var_pop var_samp variance ntile median
  percentile_cont percentile_disc lag lead nth_value
`

/** Ask about the server or the session. */
const DESCRIBING = `
  current_role roles_graphml ps_current_thread_id ps_thread_id binlog_gtid_pos
  gtid_subset gtid_subtract decode_gtid wsrep_last_written_gtid wsrep_last_seen_gtid is_used_lock is_free_lock
  can_access_column can_access_database can_access_table can_access_user can_access_view last_value
  internal_auto_increment internal_avg_row_length internal_check_time internal_checksum internal_data_free
  internal_data_length internal_dd_char_length internal_get_comment_or_error internal_get_enabled_role_json
  internal_get_hostname internal_get_username internal_get_view_warning_or_error internal_index_column_cardinality
  internal_index_length internal_is_enabled_role internal_is_mandatory_role internal_keys_disabled
  internal_max_data_length internal_table_rows internal_update_time grouping default
`

export const CLEAN = names([STRINGS, NUMBERS, DATES, DOCUMENTS, GEOMETRY, AGGREGATES, DESCRIBING].join(' '))

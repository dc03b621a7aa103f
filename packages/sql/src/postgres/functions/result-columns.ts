/** Table of the columns that built-in functions in FROM yield, where these are not one column named after the function. */

const TABLE = `
_pg_expandarray x,n
aclexplode grantor,grantee,privilege_type,is_grantable
json_array_elements value
json_array_elements_text value
json_each key,value
json_each_text key,value
jsonb_array_elements value
jsonb_array_elements_text value
jsonb_each key,value
jsonb_each_text key,value
pg_available_extension_versions name,version,superuser,trusted,relocatable,schema,requires,comment
pg_available_extensions name,default_version,comment
pg_extension_update_paths source,target,path
pg_get_catalog_foreign_keys fktable,fkcols,pktable,pkcols,is_array,is_opt
pg_get_keywords word,catcode,barelabel,catdesc,baredesc
pg_get_object_address classid,objid,objsubid
pg_get_sequence_data last_value,is_called
pg_identify_object type,schema,name,identity
pg_identify_object_as_address type,object_names,object_args
pg_options_to_table option_name,option_value
pg_partition_ancestors relid
pg_partition_tree relid,parentrelid,isleaf,level
pg_sequence_parameters start_value,minimum_value,maximum_value,increment,cycle_option,cache_size,data_type
pg_show_all_settings name,setting,unit,category,short_desc,extra_desc,context,vartype,source,min_val,max_val,enumvals,boot_val,reset_val,sourcefile,sourceline,pending_restart
pg_timezone_names name,abbrev,utc_offset,is_dst
ts_debug alias,description,token,dictionaries,dictionary,lexemes
ts_parse tokid,token
ts_token_type tokid,alias,description
`

/** By function; the two with columns that differ between majors or overloads are left open (unknown columns). */
export const RESULT_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line): [string, string[]] => {
      const [name = '', columns = ''] = line.split(' ')
      return [name, columns.split(',')]
    }),
)

export const OPEN_RESULTS: ReadonlySet<string> = new Set([
  'pg_get_publication_tables',
  'pg_timezone_abbrevs',
  'json_populate_record',
  'json_populate_recordset',
  'jsonb_populate_record',
  'jsonb_populate_recordset',
  'json_to_record',
  'json_to_recordset',
  'jsonb_to_record',
  'jsonb_to_recordset',
])

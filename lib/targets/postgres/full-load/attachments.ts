import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { ENTRADA_COMMENT } from '#lib/targets/postgres/publish/ours.ts';

/** An object that people attached to the landed table itself, and the statement that attaches it to a new table. */
export interface Attachment {
  /** Display name; null for a property of a column, which depends on the column. */
  readonly what: string | null;
  /** Columns of the table that it uses. */
  readonly columns: readonly string[];
  readonly sql: string;
  /** `loaded`: executed on the loaded table while readers still use the landed one. `landed`: after the swap. */
  readonly place: 'loaded' | 'landed';
  /** Whether it restricts what readers see: without it the table must not be shown. */
  readonly guards: boolean;
}

/** SQL: names of the columns of the landed table that a catalogue object uses. */
const usedColumns = (catalogue: string, id: string): string =>
  `ARRAY(SELECT a.attname::text FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE d.classid = '${catalogue}'::regclass AND d.objid = ${id} AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid)`;

const kindSql = "CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END";

/** SQL: rights of one ACL entry for GRANT. `option`: rights with and without GRANT OPTION need separate statements. */
const granteeSql = `CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END`;
const optionSql = `CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`;

/**
 * Selects of (step, what, columns, sql) in the order of execution. Steps below 40 belong to the loaded table. `t` is
 * the landed table: `t.live` is its name and `t.loaded` that of the loaded table, quoted and qualified; `t.loaded_oid` is its id.
 */
const ATTACHED: readonly string[] = [
  `SELECT 10, 'UNLOGGED', '{}'::text[], format('ALTER TABLE %s SET UNLOGGED', loaded) FROM t WHERE relpersistence = 'u'`,
  `SELECT 11, 'tablespace ' || spcname, '{}', format('ALTER TABLE %s SET TABLESPACE %I', loaded, spcname)
   FROM t JOIN pg_tablespace s ON s.oid = reltablespace`,
  `SELECT 12, 'storage option ' || o.option_name, '{}', format('ALTER TABLE %s SET (%I = %L)', loaded, o.option_name, o.option_value)
   FROM t, pg_options_to_table(t.reloptions) o`,
  `SELECT 12, 'storage option toast.' || o.option_name, '{}', format('ALTER TABLE %s SET (toast.%I = %L)', loaded, o.option_name, o.option_value)
   FROM t JOIN pg_class s ON s.oid = t.reltoastrelid, pg_options_to_table(s.reloptions) o`,
  `SELECT 13, NULL, ARRAY[attname::text], format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', loaded, attname, attstattarget)
   FROM t JOIN a ON true WHERE attstattarget > -1`,
  `SELECT 13, NULL, ARRAY[attname::text], format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', loaded, attname,
     (SELECT string_agg(format('%I = %L', option_name, option_value), ', ') FROM pg_options_to_table(attoptions)))
   FROM t JOIN a ON true WHERE attoptions IS NOT NULL`,
  `SELECT 13, NULL, ARRAY[attname::text], format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE %s', loaded, attname,
     CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END)
   FROM t JOIN a ON true JOIN pg_type y ON y.oid = atttypid WHERE attstorage <> typstorage`,
  `SELECT 14, NULL, ARRAY[attname::text], format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', loaded, attname, pg_get_expr(adbin, adrelid))
   FROM t JOIN a ON true JOIN pg_attrdef f ON f.adrelid = t.oid AND f.adnum = attnum WHERE attgenerated = ''`,
  `SELECT 15, format('NOT NULL of column %I', a.attname), ARRAY[a.attname::text], format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL', loaded, a.attname)
   FROM t JOIN a ON true LEFT JOIN pg_attribute b ON b.attrelid = t.loaded_oid AND b.attname = a.attname
   WHERE a.attnotnull AND b.attnotnull IS NOT TRUE AND NOT EXISTS (SELECT FROM pg_index p WHERE p.indrelid = t.oid AND p.indisprimary AND a.attnum = ANY (p.indkey::int2[]))`,
  `SELECT 20, 'index ' || c.relname, ${usedColumns('pg_class', 'c.oid')}, format('CREATE %sINDEX %I ON %s ', x.uniq, c.relname, loaded)
     || substr(pg_get_indexdef(c.oid), length(format('CREATE %sINDEX %I ON %s ', x.uniq, c.relname, live)) + 1)
   FROM t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid,
   LATERAL (SELECT CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END AS uniq) x
   WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = t.oid)`,
  `SELECT CASE WHEN confrelid = t.oid THEN 50 ELSE 30 END, 'constraint ' || conname, ${usedColumns('pg_constraint', 'k.oid')},
     format('ALTER TABLE %s ADD CONSTRAINT %I %s', CASE WHEN confrelid = t.oid THEN live ELSE loaded END, conname, pg_get_constraintdef(k.oid))
   FROM t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype IN ('p', 'u', 'c', 'x', 'f')
   WHERE k.contype <> 'p' OR NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.loaded_oid AND i.indisprimary)`,
  `SELECT 41, 'policy ' || polname, ${usedColumns('pg_policy', 'p.oid')}, format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', polname, live,
     CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
     CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
     (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(polroles) r),
     ' USING (' || pg_get_expr(polqual, polrelid) || ')', ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')
   FROM t JOIN pg_policy p ON polrelid = t.oid`,
  `SELECT 42, 'row level security', '{}', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', live) FROM t WHERE relrowsecurity`,
  `SELECT 43, 'row level security of the owner', '{}', format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', live) FROM t WHERE relforcerowsecurity`,
  `SELECT 44, 'trigger ' || tgname, ${usedColumns('pg_trigger', 'g.oid')}, pg_get_triggerdef(g.oid) || CASE tgenabled WHEN 'O' THEN '' ELSE
     format('; ALTER TABLE %s %s TRIGGER %I', live, CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, tgname) END
   FROM t JOIN pg_trigger g ON tgrelid = t.oid WHERE NOT tgisinternal`,
  `SELECT 45, 'rule ' || rulename, ${usedColumns('pg_rewrite', 'r.oid')}, pg_get_ruledef(r.oid) FROM t JOIN pg_rewrite r ON ev_class = t.oid AND rulename <> '_RETURN'`,
  `SELECT 46, 'statistics ' || stxname, ${usedColumns('pg_statistic_ext', 's.oid')}, pg_get_statisticsobjdef(s.oid)
   FROM t JOIN pg_statistic_ext s ON stxrelid = t.oid`,
  `SELECT 51, 'replica identity', '{}', format('ALTER TABLE %s REPLICA IDENTITY %s', live, CASE relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
     ELSE (SELECT 'USING INDEX ' || quote_ident(c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = t.oid AND i.indisreplident) END)
   FROM t WHERE relreplident <> 'd' AND relkind <> 'v'`,
  `SELECT 52, 'comment', '{}', format('COMMENT ON %s %s IS %L', ${kindSql}, live, description)
   FROM t JOIN pg_description e ON e.objoid = t.oid AND e.classoid = 'pg_class'::regclass AND e.objsubid = 0`,
  `SELECT 52, NULL, ARRAY[attname::text], format('COMMENT ON COLUMN %s.%I IS %L', live, attname, description)
   FROM t JOIN a ON true JOIN pg_description e ON e.objoid = t.oid AND e.classoid = 'pg_class'::regclass AND e.objsubid = attnum`,
  `SELECT 53, 'comment on index ' || c.relname, ${usedColumns('pg_class', 'c.oid')}, format('COMMENT ON INDEX %I.%I IS %L', nspname, c.relname, description)
   FROM t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   JOIN pg_description e ON e.objoid = c.oid AND e.classoid = 'pg_class'::regclass`,
  ...(
    [
      ['CONSTRAINT', 'pg_constraint', 'conname', 'conrelid'],
      ['POLICY', 'pg_policy', 'polname', 'polrelid'],
      ['TRIGGER', 'pg_trigger', 'tgname', 'tgrelid'],
    ] as const
  ).map(
    ([kind, catalogue, name, table]) =>
      `SELECT 53, 'comment on ${kind.toLowerCase()} ' || ${name}, ${usedColumns(catalogue, 'o.oid')}, format('COMMENT ON ${kind} %I ON %s IS %L', ${name}, live, description)
       FROM t JOIN ${catalogue} o ON o.${table} = t.oid JOIN pg_description e ON e.objoid = o.oid AND e.classoid = '${catalogue}'::regclass`,
  ),
  `SELECT 54, 'security label of ' || provider, '{}', format('SECURITY LABEL FOR %I ON %s %s IS %L', provider, ${kindSql}, live, label)
   FROM t JOIN pg_seclabel e ON e.objoid = t.oid AND e.classoid = 'pg_class'::regclass AND e.objsubid = 0`,
  `SELECT 54, NULL, ARRAY[attname::text], format('SECURITY LABEL FOR %I ON COLUMN %s.%I IS %L', provider, live, attname, label)
   FROM t JOIN a ON true JOIN pg_seclabel e ON e.objoid = t.oid AND e.classoid = 'pg_class'::regclass AND e.objsubid = attnum`,
  `SELECT 60, 'owner ' || pg_get_userbyid(relowner), '{}', format('ALTER TABLE %s OWNER TO %I', live, pg_get_userbyid(relowner))
   FROM t WHERE pg_get_userbyid(relowner) <> current_user`,
  // The landed table may have lost rights that default privileges grant to the new one.
  `SELECT DISTINCT 70, 'revoked rights', '{}'::text[], format('REVOKE ALL ON %s FROM %s', live, ${granteeSql})
   FROM t JOIN pg_class n ON n.oid = t.loaded_oid, aclexplode(n.relacl) g WHERE g.grantee <> n.relowner`,
  `SELECT 71, 'rights of ' || ${granteeSql}, '{}', format('GRANT %s ON %s TO %s%s', string_agg(g.privilege_type, ', '), live, ${granteeSql}, ${optionSql})
   FROM t, aclexplode(t.relacl) g WHERE g.grantee <> t.relowner GROUP BY g.grantee, g.is_grantable, live`,
  `SELECT 72, NULL, ARRAY[attname::text], format('GRANT %s ON %s TO %s%s', string_agg(format('%s (%I)', g.privilege_type, attname), ', '), live, ${granteeSql}, ${optionSql})
   FROM t JOIN a ON true, aclexplode(a.attacl) g WHERE g.grantee <> t.relowner GROUP BY attname, g.grantee, g.is_grantable, live`,
];

const ATTACHED_SQL = `WITH t AS MATERIALIZED (SELECT c.*, c.oid::regclass::text AS live, $2::text AS loaded, $2::regclass AS loaded_oid FROM pg_class c WHERE c.oid = $1::regclass),
  a AS MATERIALIZED (SELECT p.* FROM pg_attribute p WHERE p.attrelid = $1::regclass AND p.attnum > 0 AND NOT p.attisdropped)
  SELECT * FROM (${ATTACHED.join('\nUNION ALL ')}) AS x(step, what, columns, sql) ORDER BY step, what, sql`;

/**
 * Statements that attach to the loaded table what is attached to the landed one, in the order of execution. Excludes
 * objects of others that depend on it: see `findDependents`. Of a view that is made again, `live` and `loaded` are its name.
 */
export async function findAttachments(
  session: LandingSession,
  { live, loaded }: { readonly live: string; readonly loaded: string },
): Promise<readonly Attachment[]> {
  const { rows } = await session.query<{ step: number; what: string | null; columns: string[]; sql: string }>(ATTACHED_SQL, [
    live,
    loaded,
  ]);
  return rows.map(({ step, what, columns, sql }) => ({
    ...{ what, columns, sql },
    place: step < 40 ? 'loaded' : 'landed',
    guards: step >= 41 && step <= 43,
  }));
}

/** An object outside of the table that depends on it and would stay with a replaced table. */
export interface Dependent {
  readonly what: string;
  /** Whether it is a foreign key of another table: the referenced rows must exist at all times. */
  readonly isForeignKey: boolean;
}

/**
 * Reads pg_depend, which also contains kinds of objects that are unknown here. Excludes parts of the table itself, and the views and foreign keys of
 * Entrada, which are removed before the table is replaced.
 */
const DEPENDENTS_SQL = `WITH t AS (SELECT c.oid, c.reltype, y.typarray, c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_type y ON y.oid = c.reltype WHERE c.oid = $1::regclass),
  d AS (SELECT d.* FROM pg_depend d, t WHERE (d.deptype = 'n' AND ((d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid)
      OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.reltype, t.typarray))))
    OR (d.deptype = 'a' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
      AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = d.objid AND i.inhparent = t.oid)))
  SELECT DISTINCT CASE WHEN v.oid IS NOT NULL THEN CASE v.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'a rule of ' END || v.oid::regclass
      WHEN k.oid IS NOT NULL THEN format('%s %I of %s', CASE k.contype WHEN 'f' THEN 'foreign key' ELSE 'constraint' END, k.conname, k.conrelid::regclass)
      ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS what, COALESCE(k.contype = 'f', false) AS "isForeignKey"
  FROM t CROSS JOIN d
  LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid LEFT JOIN pg_class v ON v.oid = r.ev_class
  LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
  LEFT JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
  LEFT JOIN pg_trigger g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
  LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
  LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
  LEFT JOIN pg_statistic_ext s ON d.classid = 'pg_statistic_ext'::regclass AND s.oid = d.objid
  WHERE COALESCE(r.ev_class, k.conrelid, p.polrelid, g.tgrelid, f.adrelid, i.indrelid, s.stxrelid, 0) <> t.oid
    AND NOT (d.classid = 'pg_class'::regclass AND d.objid = t.oid)
    AND NOT EXISTS (SELECT FROM pg_description e WHERE e.objsubid = 0 AND e.description LIKE '${ENTRADA_COMMENT}%'
      AND ((e.objoid = v.oid AND e.classoid = 'pg_class'::regclass) OR (e.objoid = k.oid AND e.classoid = 'pg_constraint'::regclass)))
  UNION SELECT 'publication ' || quote_ident(pubname), false FROM t JOIN pg_publication_tables b ON b.schemaname = t.nspname AND b.tablename = t.relname
  ORDER BY 1`;

/** Views, foreign keys of other tables, publications and all other objects that depend on the landed table. */
export async function findDependents(session: LandingSession, live: string): Promise<readonly Dependent[]> {
  return (await session.query<{ what: string; isForeignKey: boolean }>(DEPENDENTS_SQL, [live])).rows;
}

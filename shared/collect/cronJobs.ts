import * as v from "valibot";
import type { Unavailable } from "../model/section.ts";
import type { DatabaseCollector } from "./collector.ts";
import { unavailable } from "./section.ts";

const TableRow = v.object({ readable: v.boolean(), filtered: v.boolean(), login: v.string() });

/**
 * The table of pg_cron, and what this login may see of it. Only the extension's own: anyone may create a schema `cron`
 * with a view `job`, whose functions would run with our rights. Its row security shows a login its own jobs only.
 */
export const cronTableSql = `
select pg_catalog.has_table_privilege(c.oid, 'SELECT')
         and pg_catalog.has_schema_privilege(n.oid, 'USAGE') as "readable",
       pg_catalog.row_security_active(c.oid) as "filtered",
       current_user::text as "login"
  from pg_catalog.pg_extension e
  join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid
                             and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'e'
  join pg_catalog.pg_class c on c.oid = d.objid and c.relname = 'job' and c.relkind = 'r'
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'cron'
 where e.extname = 'pg_cron'`;

/** Why the jobs cannot be read here; undefined when they can. */
export function cronJobsHidden(rows: readonly unknown[]): Unavailable | undefined {
  const table = v.parse(v.array(TableRow), rows)[0];
  if (table === undefined) return unavailable("absent", "This database has no pg_cron.");
  const { readable, filtered, login } = table;
  if (!readable) return unavailable("denied", `Login ${login} may not read cron.job.`);
  if (!filtered) return undefined;
  return unavailable("denied", `Row security shows login ${login} only its own jobs in cron.job: it has no BYPASSRLS.`);
}

const Row = v.object({
  schedule: v.string(),
  database: v.string(),
  role: v.string(),
  active: v.boolean(),
  command_md5: v.string(),
});

/** Asked only where `cronTableSql` has found the table. */
export const cronJobs: DatabaseCollector<"cronJobs"> = {
  section: "cronJobs",
  scope: "database",
  // Commands may hold anything: their hash shows a change.
  sql: () => `
select j.schedule as "schedule", j.database as "database", j.username as "role", j.active as "active",
       md5(j.command) as "command_md5"
  from cron.job j`,
  parse: (rows) => v.parse(v.array(Row), rows).map(({ command_md5, ...job }) => ({ ...job, commandMd5: command_md5 })),
};

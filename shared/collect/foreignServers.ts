import * as v from "valibot";
import { byCodeUnit } from "../diff/canonical.ts";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({ name: v.string(), wrapper: v.string(), owner: v.string(), options: v.array(v.string()) });

export const foreignServers: DatabaseCollector<"foreignServers"> = {
  section: "foreignServers",
  scope: "database",
  // Values leave the server only where the option is known to hold no secret.
  sql: () => `
select s.srvname::text as "name",
       w.fdwname::text as "wrapper",
       coalesce(r.rolname::text, 'oid:' || s.srvowner) as "owner",
       array(select o.option_name || '=' ||
                    case when o.option_name in ('host', 'hostaddr', 'port', 'dbname', 'sslmode', 'use_remote_estimate',
                                                'fetch_size')
                         then o.option_value else '<redacted>' end
               from pg_options_to_table(s.srvoptions) o) as "options"
  from pg_catalog.pg_foreign_server s
  join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
  left join pg_catalog.pg_roles r on r.oid = s.srvowner`,
  parse: (rows) =>
    v.parse(v.array(Row), rows).map(({ options, ...server }) => ({ ...server, options: options.toSorted(byCodeUnit) })),
};

import * as v from "valibot";
import type { DatabaseCollector } from "./collector.ts";

const Row = v.object({ schema: v.string(), table: v.string(), column: v.string() });

/**
 * Parts of column names that speak of credentials or of numbers that are worth stealing, without case. Only columns
 * that match are read, so that rows stay few; the policy's patterns choose among them.
 */
const anywhere = ["passw", "passphrase", "pwd", "secret", "token", "credential", "social_?security", "passport"];
const keys = ["api", "access", "private", "signing", "encryption", "master", "session"].map((word) => `${word}_?key`);
const numbers = ["card", "account", "national", "tax", "bank"].map((word) => `${word}_?(no|num|number|id)($|_)`);
const words = ["otp", "totp", "mfa", "pin", "salt", "ssn", "iban", "bic", "cvv", "cvc", "pan", "dob"];

export const sensitiveColumns: DatabaseCollector<"sensitiveColumns"> = {
  section: "sensitiveColumns",
  scope: "database",
  sql: () => `
select n.nspname::text as "schema", c.relname::text as "table", a.attname::text as "column"
  from pg_catalog.pg_attribute a
  join pg_catalog.pg_class c on c.oid = a.attrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
   and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
   and a.attname ~* '${[...anywhere, ...keys, ...numbers].join("|")}|(^|_)(${words.join("|")})($|_)'
   and not exists (select from pg_catalog.pg_depend d
                    where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`,
  parse: (rows) => v.parse(v.array(Row), rows),
};

import * as v from "valibot";
import type { Unavailable } from "../model/section.ts";
import type { SqlCollector } from "./collector.ts";
import { quoteIdentifier } from "./missingRight.ts";
import { unavailable } from "./section.ts";

const FunctionRow = v.object({ qualified_name: v.string(), executable: v.boolean(), login: v.string() });

/**
 * Where `azure_roles_authtype()` is, quoted by the server; no row where this database has none. Only a superuser's:
 * anyone may create a function of that name in a schema of their own, and we would run it with our rights.
 */
export const passwordTypeFunctionSql = `
select format('%I.%I', n.nspname, p.proname) as "qualified_name",
       pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
         and pg_catalog.has_schema_privilege(n.oid, 'USAGE') as "executable",
       current_user::text as "login"
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_roles owner on owner.oid = p.proowner
 where p.proname = 'azure_roles_authtype' and p.pronargs = 0 and owner.rolsuper
 order by 2 desc, n.nspname collate "C"
 limit 1`;

/** The function as `passwordTypes` takes it, or why it is not called. */
export function passwordTypeFunction(rows: readonly unknown[]): string | Unavailable {
  const found = v.parse(v.array(FunctionRow), rows)[0];
  if (found === undefined) return unavailable("absent", "This database has no azure_roles_authtype() of the platform.");
  const { qualified_name, executable, login } = found;
  if (executable) return qualified_name;
  const grant = `grant execute on function ${qualified_name}() to ${quoteIdentifier(login)}`;
  return unavailable("denied", `Login ${login} may not execute ${qualified_name}(). An administrator runs: ${grant};`);
}

/** The words of the service; NOLOGIN stands for a role without a password. */
const words = { NOLOGIN: "none", MD5: "md5", "SCRAM-256": "scram-sha-256" } as const;

const Row = v.object({ role: v.string(), type: v.picklist(["NOLOGIN", "MD5", "SCRAM-256"]) });

/** @param qualifiedName as `passwordTypeFunction` gives it, and nothing else: it becomes part of the statement */
export function passwordTypes(qualifiedName: string): SqlCollector<"passwordTypes"> {
  return {
    section: "passwordTypes",
    scope: "server",
    sql: () => `select t.rolename::text as "role", upper(t.authtype::text) as "type" from ${qualifiedName}() t`,
    parse: (rows) => v.parse(v.array(Row), rows).map(({ role, type }) => ({ role, type: words[type] })),
  };
}

import { type RoleAccess, roleAccess } from "../../access/accessInput.ts";
import { reachIn } from "../../access/membershipClosure.ts";
import type { AclGroup } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { isPlatformOwner } from "../priv/applicationObjects.ts";
import { administratorNames } from "../role/administrators.ts";
import { isPlatformRole } from "../role/platformRoles.ts";
import { searchPathSchemas } from "../priv/searchPath.ts";

export const fnDefinerSearchPath = defineDatabaseControl({
  meta: {
    id: "fn-definer-search-path",
    title: "SECURITY DEFINER functions fix a safe search_path",
    severity: "high",
    requires: ["roles", "memberships", "context"],
    mayRead: ["server"],
    requiresInDatabase: ["acls", "definerFunctions"],
    frameworks: {
      published: { cisPostgresql: ["4.5", "o:4.3"] },
      proposed: { mcsb: ["PV-2"], nist80053r5: ["SI-10", "AC-6(8)"], pciDss401: ["6.2.4"], iso27001_2022: ["A.8.28"] },
    },
    rationale:
      "The function runs with the rights of its owner, but finds tables, functions and operators by the caller's search_path. The caller puts something of the same name in front, and it runs as the owner. Temporary tables are looked for first of all unless pg_temp stands last in the path.",
    remediation: {
      sql: `alter function "<schema>"."<function>" set search_path = "<trusted schema>", pg_temp;`,
    },
  },

  evaluateDatabase({ acls, definerFunctions, server, ...evidence }, _policy, { database }) {
    const connection = evidence.context[0];
    const judged = definerFunctions.filter(({ extension, owner }) => !extension && !isPlatformOwner(owner));
    if (judged.length === 0 || connection === undefined)
      return [
        pass(subjectOf("database", database), `Database ${database} has no SECURITY DEFINER function of its own.`),
      ];

    const access = roleAccess(evidence.roles, evidence.memberships, connection);
    const administrators = administratorNames({ ...evidence, server });
    const schemas = new Map(
      acls.flatMap((group) => (group.kind === "schema" ? group.objects.map((name) => [name, group] as const) : [])),
    );
    return judged.map(({ schema, signature, owner, searchPath }) => {
      const subject = subjectOf("function", database, schema, signature);
      const fact = `Function ${schema}.${signature} of database ${database}, which runs as ${owner},`;
      if (searchPath === null) return fail(subject, `${fact} uses the search_path of the caller.`);
      const why = unsafeBecause(searchPathSchemas(searchPath, "$user"), (name) => {
        const group = schemas.get(name);
        return group === undefined ? undefined : writers(group, owner, access, administrators);
      });
      return why === undefined
        ? pass(subject, `${fact} fixes its search_path to "${searchPath}".`)
        : fail(subject, `${fact} has the search_path "${searchPath}", ${why}.`);
    });
  },
});

/** Undefined when the path is safe. */
function unsafeBecause(path: readonly string[], writersOf: (schema: string) => string | undefined): string | undefined {
  if (path.includes("$user")) return "which holds a schema that each caller chooses";
  // Names that are not the catalog's must then be written with their schema, which no temporary table can take.
  const named = path.filter((schema) => schema !== "pg_catalog");
  if (named.length > 0 && (path.at(-1) !== "pg_temp" || named.indexOf("pg_temp") < named.length - 1))
    return "in which pg_temp is not last, so temporary objects of the caller come first";
  for (const schema of named) {
    const who = writersOf(schema);
    if (who !== undefined) return `where ${who} may create objects in schema ${schema}`;
  }
  return undefined;
}

/** Who, beside those who could act as the function's owner anyway, may create objects in a schema. */
function writers(
  { grants, owner: schemaOwner }: AclGroup,
  owner: string,
  { graph, roles }: RoleAccess,
  administrators: ReadonlySet<string>,
): string | undefined {
  if (!grants.some(({ privileges }) => privileges.includes("C"))) return undefined;
  const owners = reachIn(graph, { kind: "role", name: owner });
  const found = grants.flatMap(({ grantee, privileges }) => {
    if (!privileges.includes("C")) return [];
    if (grantee === null) return ["PUBLIC"];
    const isTrusted =
      grantee === owner ||
      grantee === schemaOwner ||
      isPlatformRole(grantee) ||
      roles.get(grantee)?.superuser === true ||
      administrators.has(grantee) ||
      owners.get(grantee)?.how === "inherit" ||
      owners.get(grantee)?.how === "set";
    return isTrusted ? [] : [grantee];
  });
  return found.length === 0 ? undefined : found.join(", ");
}

import type { RowPolicy } from "../../model/databaseEvidence.ts";
import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { isAlwaysTrue } from "./alwaysTrue.ts";

export const rlsAlwaysTrue = defineDatabaseControl({
  meta: {
    id: "rls-always-true",
    title: "No permissive policy is always true",
    severity: "high",
    requires: [],
    requiresInDatabase: ["rowPolicies"],
    frameworks: {
      published: { cisPostgresql: ["4.7"] },
      proposed: { mcsb: ["DP-2"], nist80053r5: ["AC-3"], pciDss401: ["7.2.1"], iso27001_2022: ["A.8.3"] },
    },
    rationale:
      "Permissive policies add up: one that is true for every row opens the table to its roles, whatever the others say. Only a restrictive policy for the same roles and commands narrows it again.",
    remediation: {
      sql: `-- An expression that tells one tenant from another; drop the policy where another one does already.
alter policy "<policy>" on "<schema>"."<table>"
  using ("<column>" = current_setting('app.tenant', true));`,
    },
  },

  evaluateDatabase({ rowPolicies }, { rowSecurity: { allowOpenSelect } }, { database }) {
    const permissive = rowPolicies.filter((policy) => policy.permissive);
    if (permissive.length === 0)
      return [pass(subjectOf("database", database), `Database ${database} has no permissive policy.`)];
    const restrictive = Map.groupBy(
      rowPolicies.filter((policy) => !policy.permissive),
      ({ schema, table }) => JSON.stringify([schema, table]),
    );

    return permissive.map((policy) => {
      const { schema, table, name, command } = policy;
      const subject = subjectOf("policy", database, schema, table, name);
      const fact = `Policy ${name} for ${command} on ${schema}.${table} of database ${database}`;
      const open = openParts(policy);
      if (open.length === 0) return pass(subject, `${fact} depends on the row or on who asks.`);
      if (command === "SELECT" && allowOpenSelect)
        return pass(subject, `${fact} is true for every row, which policy.rowSecurity.allowOpenSelect admits.`);
      const others = restrictive.get(JSON.stringify([schema, table])) ?? [];
      const left = open.filter((part) => !others.some((other) => narrows(other, policy, part)));
      return left.length === 0
        ? pass(subject, `${fact} is true for every row, but a restrictive policy narrows it.`)
        : fail(subject, `${fact} is true for every row: ${left.map((part) => partText(policy, part)).join(", ")}.`);
    });
  },
});

/** `rows`: which rows are found. `writes`: which rows may be written. */
type Part = "rows" | "writes";

function openParts(policy: RowPolicy): readonly Part[] {
  const parts: readonly Part[] = ["rows", "writes"];
  return parts.filter((part) => {
    const expression = expressionOf(policy, part);
    // Without an expression a permissive policy admits nothing.
    return expression !== null && isAlwaysTrue(expression, policy.notNull);
  });
}

/** INSERT finds no rows; SELECT and DELETE write none; without a check the USING expression is the check. */
function expressionOf({ command, using, check }: RowPolicy, part: Part): string | null {
  if (part === "rows") return command === "INSERT" ? null : using;
  return command === "SELECT" || command === "DELETE" ? null : (check ?? using);
}

/** Whether a restrictive policy holds wherever the permissive one does, and really asks something. */
function narrows(restrictive: RowPolicy, permissive: RowPolicy, part: Part): boolean {
  if (restrictive.command !== "ALL" && restrictive.command !== permissive.command) return false;
  const forAll = restrictive.roles.includes(null);
  if (!forAll && !permissive.roles.every((role) => restrictive.roles.includes(role))) return false;
  const expression = expressionOf(restrictive, part);
  return expression !== null && !isAlwaysTrue(expression, restrictive.notNull);
}

function partText(policy: RowPolicy, part: Part): string {
  const keyword = part === "rows" || policy.check === null ? "using" : "with check";
  return `${keyword} ${expressionOf(policy, part) ?? ""}`;
}

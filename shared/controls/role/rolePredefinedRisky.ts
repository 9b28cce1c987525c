import type { Membership } from "../../model/catalogEvidence.ts";
import { defineControl, fail, pass, subjectOf, unknownWithout } from "../control.ts";
import { birthright } from "./birthrights.ts";
import { approvedPair } from "./membershipPairs.ts";

/** Risky predefined roles, with what each lets its members do. */
export const riskyRoles: ReadonlyMap<string, string> = new Map([
  ["pg_execute_server_program", "runs programs on the server"],
  ["pg_read_server_files", "reads files of the server"],
  ["pg_write_server_files", "writes files of the server"],
  ["pg_read_all_data", "reads every table"],
  ["pg_write_all_data", "changes every table"],
  ["pg_create_subscription", "copies data from elsewhere into the server"],
  ["pg_maintain", "locks and rewrites every table"],
  ["pg_signal_backend", "ends the sessions of others"],
  ["pg_use_reserved_connections", "takes the connections kept for emergencies"],
]);

export const rolePredefinedRisky = defineControl({
  meta: {
    id: "role-predefined-risky",
    title: "File, program and all-data roles are not handed out",
    severity: "high",
    requires: ["memberships", "roles"],
    mayRead: ["server", "entraAdministrators"],
    frameworks: {
      published: { cisPostgresql: ["4.9", "o:4.7"] },
      proposed: {
        mcsb: ["PA-7"],
        nist80053r5: ["AC-6", "CM-7", "CM-7(1)"],
        pciDss401: ["7.2.2", "7.2.5"],
        iso27001_2022: ["A.8.2"],
      },
    },
    rationale:
      "These roles of PostgreSQL act on the whole server, past the grants on single objects, and nothing shows it on the object that is read or changed.",
    remediation: {
      sql: `revoke "<predefined role>" from "<member>" granted by "<grantor>";`,
    },
  },

  evaluate({ memberships, roles, server, entraAdministrators }, policy) {
    const pairs = pairsOf(memberships.filter(({ role }) => riskyRoles.has(role)));
    if (pairs.length === 0) return [pass("server", "No risky predefined role is granted to anybody.")];
    const roleNamed = new Map(roles.map((role) => [role.name, role]));

    return pairs.map(({ role, member, grantors, hasEffect }) => {
      const subject = subjectOf("membership", role, member);
      const by = `granted by ${grantors.join(", ")}`;
      if (!hasEffect) return pass(subject, `Role ${member} is a member of ${role} without any option, ${by}.`);
      const fact = `Role ${member} is a member of ${role} and ${riskyRoles.get(role) ?? ""}, ${by}`;
      const found = roleNamed.get(member);
      const reason =
        (found === undefined ? undefined : birthright(found, { server, entraAdministrators })) ??
        approvedPair(policy.roles.approvedPredefined, { role, member });
      if (reason !== undefined) return pass(subject, `${fact}: ${reason}.`);
      return server === null ? unknownWithout(subject, "server") : fail(subject, `${fact}, and no approval names it.`);
    });
  },
});

interface Pair {
  readonly role: string;
  readonly member: string;
  readonly grantors: readonly string[];
  /** From 16 on a membership may carry no option at all, and gives nothing. */
  readonly hasEffect: boolean;
}

/** Several grantors of one membership are one subject: their options add up. */
function pairsOf(memberships: readonly Membership[]): readonly Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { role, member, grantor, admin, inherit, set } of memberships) {
    const key = subjectOf("membership", role, member);
    const known = pairs.get(key);
    pairs.set(key, {
      role,
      member,
      grantors: [...(known?.grantors ?? []), grantor].sort(),
      hasEffect: admin || inherit || set || known?.hasEffect === true,
    });
  }
  return [...pairs.values()];
}

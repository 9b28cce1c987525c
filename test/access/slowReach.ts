import type { How, ReachTarget } from "../../shared/access/membershipClosure.ts";
import type { Membership, Role } from "../../shared/model/catalogEvidence.ts";

/**
 * The obvious second implementation of `reach`: from the other end, one actor after the other. An actor becomes every
 * role that SET ROLE allows, uses what those roles inherit, and grants itself whatever it may, until nothing changes.
 */
export function slowReach(
  target: ReachTarget,
  memberships: readonly Membership[],
  roles: readonly Role[],
  { versionNum }: { readonly versionNum: number },
): Record<string, How> {
  const answer: Record<string, How> = {};
  for (const { name } of roles) {
    if (target.kind === "role" && target.name === name) continue;
    const how = bestHow(name);
    if (how !== undefined) answer[name] = how;
  }
  return answer;

  function bestHow(actor: string): How | undefined {
    if (hits(actor, memberships, "atOnce")) return "inherit";
    if (hits(actor, memberships, "afterSet")) return "set";
    return hits(actor, withSelfGrants(actor), "afterSet") ? "admin" : undefined;
  }

  function hits(actor: string, edges: readonly Membership[], when: "atOnce" | "afterSet"): boolean {
    const becomes = when === "atOnce" ? new Set([actor]) : closure([actor], edges, "set");
    if (target.kind === "role") return closure([...becomes], edges, "inherit").has(target.name);
    return roles.some((role) => role[target.name] && becomes.has(role.name));
  }

  function withSelfGrants(actor: string): readonly Membership[] {
    let edges = memberships;
    for (;;) {
      const becomes = closure([actor], edges, "set");
      const uses = closure([...becomes], edges, "inherit");
      const mayGrant = new Set(edges.filter(({ admin, member }) => admin && uses.has(member)).map(({ role }) => role));
      const isCreator = roles.some(({ name, createRole, superuser }) => createRole && !superuser && becomes.has(name));
      if (versionNum < 160000 && isCreator) {
        for (const { name, superuser } of roles) if (!superuser) mayGrant.add(name);
      }
      const gained = [...mayGrant].filter((role) => !becomes.has(role) && role !== actor);
      if (gained.length === 0) return edges;
      const grants = gained.map((role) => ({
        ...{ role, member: actor, grantor: actor },
        ...{ admin: true, inherit: true, set: true },
      }));
      edges = [...edges, ...grants];
    }
  }
}

function closure(from: readonly string[], edges: readonly Membership[], option: "set" | "inherit"): Set<string> {
  const reached = new Set(from);
  for (;;) {
    const more = edges.filter((edge) => edge[option] && reached.has(edge.member) && !reached.has(edge.role));
    if (more.length === 0) return reached;
    for (const { role } of more) reached.add(role);
  }
}

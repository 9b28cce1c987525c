import type { AclGroup } from "../model/databaseEvidence.ts";
import type { Section } from "../model/section.ts";

/**
 * A role that ACLs name and the list of roles does not have. The text of an ACL names roles as they are called now,
 * while everything else is read as of the transaction's snapshot: somebody has renamed one in between.
 */
export function unknownRole(acls: readonly Section<AclGroup>[], roles: ReadonlySet<string>): string | undefined {
  for (const section of acls) {
    if (section.state === "unavailable") continue;
    for (const { grants } of section.items) {
      for (const { grantee, grantors } of grants) {
        const stranger = [...(grantee === null ? [] : [grantee]), ...grantors].find(
          (name) => !roles.has(name) && !name.startsWith("oid:"),
        );
        if (stranger !== undefined) return stranger;
      }
    }
  }
  return undefined;
}

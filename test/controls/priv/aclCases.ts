import { collected } from "../../../shared/collect/section.ts";
import type { AclGroup, Grant } from "../../../shared/model/databaseEvidence.ts";
import type { DatabaseSections } from "../../../shared/model/section.ts";
import { aclGroup } from "../../builders.ts";

/** Schemas of one ACL. */
export function schemas(names: readonly string[], ...grants: readonly Grant[]): Partial<DatabaseSections> {
  return acls({ kind: "schema", schema: null, objects: names, grants });
}

/** Groups with the builder's table app.orders for what is not given. */
export function acls(...groups: readonly Partial<AclGroup>[]): Partial<DatabaseSections> {
  return { acls: collected(groups.map((group) => aclGroup(group))) };
}

/** So many names. */
export function named(count: number, stem = "t"): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${stem}${index}`);
}

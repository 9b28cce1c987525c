import { subjectOf } from "../controls/control.ts";
import type { ObjectKind } from "../model/databaseEvidence.ts";
import { type Acl, aclKey } from "./aclKey.ts";
import { quoted } from "./databaseItems.ts";
import { namesOf } from "./itemKey.ts";

interface Common {
  readonly kind: ObjectKind;
  readonly schema: string | null;
  /** Names of the objects that changed alike, sorted. */
  readonly objects: readonly string[];
}

/** What one grantee holds on objects that are there on both sides. */
export interface GrantDelta extends Common {
  readonly type: "grant";
  readonly grantee: string | null;
  /** Letters; null when it held nothing, `all` when an owner had everything. */
  readonly before: string | null;
  readonly after: string | null;
  /** The ACLs that the objects had before, and have now: each once. */
  readonly aclsBefore: readonly Acl[];
  readonly aclsAfter: readonly Acl[];
  /** Keys of the groups in which the objects stand now, for who granted. */
  readonly groups: readonly string[];
}

export interface OwnerDelta extends Common {
  readonly type: "owner";
  readonly before: string;
  readonly after: string;
}

/** Objects that are there on one side only, with the ACL that they have there. */
export interface ObjectDelta extends Common {
  readonly type: "appeared" | "vanished";
  readonly acl: Acl;
  /** Whether this ACL, or a wider one, was there before on objects of the same kind and schema. */
  readonly isUsual: boolean;
}

export type AclDelta = GrantDelta | OwnerDelta | ObjectDelta;

/** The word for everything that an owner can do: it is never listed. */
export const everything = "all";

/** One text per ACL, whatever came before it. */
export function aclText({ kind, schema, owner, ownerFull, grants }: Acl): string {
  const listed = [...grants].map(([grantee, privileges]) => ({ grantee, privileges, grantors: [] }));
  return aclKey({ kind, schema, owner, ownerFull, grants: listed });
}

/** The key of a cause: `grant/shop/table/app/app_ro/-/r`, with `*` for the server and for no schema. */
export function deltaKey(database: string | null, delta: AclDelta): string {
  const scope = [
    database === null ? "*" : starless(database),
    delta.kind,
    delta.schema === null ? "*" : starless(delta.schema),
  ];
  switch (delta.type) {
    case "grant": {
      const grantee = delta.grantee === null ? "PUBLIC" : quoted(delta.grantee);
      return subjectOf("grant", ...scope, grantee, delta.before ?? "-", delta.after ?? "-");
    }
    case "owner":
      return subjectOf("owner", ...scope, delta.before, delta.after);
    case "appeared":
    case "vanished": {
      const [, , owner = "", grants = ""] = namesOf(aclText(delta.acl));
      return subjectOf("object", ...scope, owner, grants, delta.type === "appeared" ? "+" : "-");
    }
  }
}

/** `*` has a meaning of its own in keys: a database or schema of that name stands in quotes. */
function starless(name: string): string {
  return name === "*" || name.startsWith('"') ? JSON.stringify(name) : name;
}

import * as v from "valibot";
import type { Role } from "../model/catalogEvidence.ts";

// What snapshotItems.ts writes, as it is read back: a snapshot may come from a file or from an earlier release.

const Flag = v.fallback(v.boolean(), false);
const NullableText = v.fallback(v.nullable(v.string()), null);

const RangeItem = v.object({ first: v.string(), last: v.string() });
const ParameterItem = v.object({
  value: v.string(),
  source: NullableText,
  pendingRestart: v.fallback(v.nullable(v.boolean()), null),
});
const RoleItem = v.object({
  superuser: Flag,
  inherit: Flag,
  createRole: Flag,
  createDb: Flag,
  canLogIn: Flag,
  replication: Flag,
  bypassRls: Flag,
  connectionLimit: v.fallback(v.nullable(v.number()), null),
  validUntil: NullableText,
  comment: NullableText,
  labels: v.fallback(v.array(v.string()), []),
  entra: v.fallback(
    v.nullable(
      v.object({
        objectId: v.string(),
        type: v.picklist(["user", "group", "service", "unknown"]),
        admin: v.boolean(),
        mfa: v.boolean(),
      }),
    ),
    null,
  ),
});

export interface MembershipOptions {
  readonly admin: boolean;
  readonly inherit: boolean;
  readonly set: boolean;
}

export type RangeItem = v.InferOutput<typeof RangeItem>;
export type ParameterItem = v.InferOutput<typeof ParameterItem>;
export type RoleItem = Omit<Role, "name" | "oid">;

/** What a member can do with a role: the union over its grantors, who stay as evidence. */
export interface MembershipEffect extends MembershipOptions {
  readonly grantors: readonly string[];
}

/** Letters `AIS`; anything else gives no option. */
export function membershipItem(value: unknown): MembershipOptions {
  const letters = typeof value === "string" ? value : "";
  return { admin: letters.includes("A"), inherit: letters.includes("I"), set: letters.includes("S") };
}

/** Each answers undefined for an absent item, and for one that is not what its key says. */
export function rangeItem(value: unknown): RangeItem | undefined {
  return itemAs(RangeItem, value);
}

export function parameterItem(value: unknown): ParameterItem | undefined {
  return itemAs(ParameterItem, value);
}

export function roleItem(value: unknown): RoleItem | undefined {
  return itemAs(RoleItem, value);
}

type RoleFlags = Pick<
  RoleItem,
  "superuser" | "inherit" | "createRole" | "createDb" | "canLogIn" | "replication" | "bypassRls"
>;

/** The attributes that matter for who reaches what: of 20,000 roles we read no more. The role of an Entra group logs in. */
export function roleFlags(value: unknown): RoleFlags {
  const item = (typeof value === "object" ? value : null) as Readonly<Record<string, unknown>> | null;
  const entra = item?.["entra"] as Readonly<Record<string, unknown>> | null | undefined;
  return {
    superuser: item?.["superuser"] === true,
    inherit: item?.["inherit"] !== false,
    createRole: item?.["createRole"] === true,
    createDb: item?.["createDb"] === true,
    canLogIn: item?.["canLogIn"] === true || entra?.["type"] === "group",
    replication: item?.["replication"] === true,
    bypassRls: item?.["bypassRls"] === true,
  };
}

export function itemAs<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}

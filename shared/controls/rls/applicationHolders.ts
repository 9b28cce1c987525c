import type { DatabaseAccess } from "../../access/accessInput.ts";
import { aclIndex } from "../../access/aclIndex.ts";
import { roleNeed } from "../../access/holders.ts";
import { connectNeed, usageNeed } from "../../access/objectReach.ts";
import type { Grant, ObjectKind } from "../../model/databaseEvidence.ts";
import { type ApplicationLogins, loginsOf } from "./applicationLogins.ts";

interface Question {
  readonly kind: ObjectKind;
  /** ACL letters, any of which counts. */
  readonly letters: string;
  /** Whether the owner of the object counts too. */
  readonly owner: boolean;
}

/** Null: an object outside schemas. */
export type HoldersOf = (schema: string | null, name: string) => readonly string[];

/**
 * Application logins that hold a privilege by grant, ownership or predefined role, sorted. That an administrator
 * holds it too is no fault of the object, and other controls say it. Thousands of objects share few grantees, so who
 * acts as a role is found out once for each.
 */
export function applicationHolders(
  logins: ApplicationLogins,
  database: DatabaseAccess,
  { kind, letters, owner: ownerCounts }: Question,
): HoldersOf {
  const { access, names } = logins;
  const index = aclIndex(database.acls);
  const actingAs = remembered((role: string) => {
    return loginsOf(logins, roleNeed(access, database, role, { kind: "grant", grantee: role }).who);
  });
  const inSchema = remembered((schema: string) => {
    const [usage] = usageNeed(access, database, schema);
    return new Set(usage === undefined ? names : loginsOf(logins, usage.who));
  });
  const [connect] = connectNeed(access, database);
  const connecting = new Set(connect === undefined ? names : loginsOf(logins, connect.who));

  const answers = remembered((key: string) => {
    // Made below, as JSON of just this.
    const [schema, grantees] = JSON.parse(key) as [string | null, readonly (string | null)[]];
    const found = new Set(grantees.flatMap((grantee) => (grantee === null ? [...names] : actingAs(grantee))));
    const places = schema === null ? [connecting] : [connecting, inSchema(schema)];
    return [...found].filter((name) => places.every((place) => place.has(name))).sort();
  });

  return (schema, name) => {
    const group = index.find(kind, schema, name);
    if (group === undefined) return [];
    const columns = schema === null ? [] : index.columnsOf(schema, name);
    const grants = [group, ...columns.map((column) => column.group)].flatMap((acl) => acl.grants);
    const grantees = [
      ...grants.flatMap((grant) => (gives(grant, letters) ? [grant.grantee] : [])),
      ...(ownerCounts ? [group.owner] : []),
      ...predefined(kind, letters),
    ];
    return answers(JSON.stringify([schema, [...new Set(grantees)].sort()]));
  };
}

function gives({ privileges }: Grant, letters: string): boolean {
  return letters.split("").some((letter) => privileges.includes(letter));
}

const relations: ReadonlySet<ObjectKind> = new Set(["table", "view", "matview", "foreign_table"]);

/** Roles that hold a privilege everywhere; before 14 they do not exist, and nobody acts as them. */
function predefined(kind: ObjectKind, letters: string): readonly string[] {
  if (!relations.has(kind)) return [];
  return [
    ...(letters.includes("r") ? ["pg_read_all_data"] : []),
    ...(/[awd]/.test(letters) ? ["pg_write_all_data"] : []),
  ];
}

function remembered<T>(answer: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = answer(key);
    known.set(key, made);
    return made;
  };
}

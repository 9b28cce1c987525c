import type { ObjectKind } from "../model/databaseEvidence.ts";
import type { AccessInput, DatabaseAccess } from "./accessInput.ts";
import { aclIndex, splitIdentifier } from "./aclIndex.ts";
import type { RoleAttribute } from "./membershipClosure.ts";
import { attributeKeywords } from "./privilegedReach.ts";

export type AccessTarget =
  | { readonly kind: "role"; readonly name: string }
  | { readonly kind: "attribute"; readonly name: RoleAttribute }
  | {
      readonly kind: "object";
      readonly database: string;
      readonly schema: string;
      readonly name: string;
      readonly objectKind: ObjectKind;
    };

/**
 * What the text of `--to` names: a role, an attribute such as `BYPASSRLS`, or `schema.table` and
 * `schema.function(input types)`, quoted as in SQL where that is needed. A fault is a sentence.
 *
 * @param database where to look for an object; without it every database that was read, and one must have it
 */
export function accessTarget(
  input: AccessInput,
  text: string,
  database?: string,
): AccessTarget | { readonly fault: string } {
  if (input.roles.has(text)) return { kind: "role", name: text };
  const attribute = attributes.find((name) => attributeKeywords[name] === text.toUpperCase());
  if (attribute !== undefined) return { kind: "attribute", name: attribute };

  const chosen = database === undefined ? [...input.databases.values()] : [input.databases.get(database)];
  const known = chosen.filter((candidate) => candidate !== undefined);
  if (known.length === 0) return { fault: noDatabase(input, database) };
  const found = known.flatMap((candidate) => findIn(candidate, text));
  const [first, second] = found;
  if (first === undefined) return { fault: `${text} is no role, and no object of ${listed(known)}.` };
  if (second === undefined) return first;
  return { fault: `${text} exists in the databases ${found.map((one) => one.database).join(", ")}; name one of them.` };
}

// Object.keys forgets the key type; the keys are exactly the attributes.
const attributes = Object.keys(attributeKeywords) as RoleAttribute[];

function findIn({ name: database, acls }: DatabaseAccess, text: string) {
  const [schema, name] = splitIdentifier(text);
  const group = aclIndex(acls).find(name.endsWith(")") ? "function" : "table", schema, name);
  return group === undefined ? [] : [{ kind: "object" as const, database, schema, name, objectKind: group.kind }];
}

function noDatabase({ databases, missing }: AccessInput, database: string | undefined): string {
  const gap = missing.find(
    (section) => section.section === "acls" && section.database === (database ?? section.database),
  );
  if (database !== undefined && gap !== undefined) return `Database ${database} could not be read: ${gap.detail}`;
  if (database === undefined) return "No database could be read.";
  const names = [...databases.keys()];
  return `Database ${database} was not read; ${names.length === 0 ? "none was" : `these were: ${names.join(", ")}`}.`;
}

function listed(databases: readonly DatabaseAccess[]): string {
  const names = databases.map(({ name }) => name);
  return names.length === 1 ? `database ${names.join("")}` : `the databases ${names.join(", ")}`;
}

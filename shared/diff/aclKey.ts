import { subjectOf } from "../controls/control.ts";
import type { AclGroup, Grant, ObjectKind } from "../model/databaseEvidence.ts";
import { namesOf } from "./itemKey.ts";

/** What all objects of one group have in common. */
export interface Acl {
  readonly kind: ObjectKind;
  /** Null for objects outside schemas. */
  readonly schema: string | null;
  readonly owner: string;
  /** The owner holds every privilege; its grant is left out then. */
  readonly ownerFull: boolean;
  /** Letters by grantee; null is PUBLIC. */
  readonly grants: ReadonlyMap<string | null, string>;
}

/**
 * Names a group by everything that its objects have in common, so that its value is the names of the objects alone:
 * `acl/table/app/app_owner/=r,app_rw=arw*`. Who granted is evidence and not in it.
 */
export function aclKey({ kind, schema, owner, ownerFull, grants }: Omit<AclGroup, "objects">): string {
  const texts = grants.map(grantText).sort();
  return subjectOf("acl", kind, schemaText(schema), owner, `${ownerFull ? "" : "!"}${texts.join()}`);
}

function grantText({ grantee, privileges }: Grant): string {
  return `${granteeText(grantee)}=${privileges}`;
}

/** Nothing for PUBLIC; a name that could be read as anything else stands in quotes, as JSON. */
export function granteeText(grantee: string | null): string {
  if (grantee === null) return "";
  return /^[\w$@.:-]+$/.test(grantee) ? grantee : JSON.stringify(grantee);
}

/** `*` is no schema; one of that name, which PostgreSQL allows, stands in quotes. */
function schemaText(schema: string | null): string {
  if (schema === null) return "*";
  return schema === "*" || schema.startsWith('"') ? JSON.stringify(schema) : schema;
}

function schemaFrom(text: string): string | null {
  if (text === "*") return null;
  return text.startsWith('"') ? unquoted(text) : text;
}

/** What `aclKey` made; undefined for a key that it did not make. */
export function aclFrom(key: string): Acl | undefined {
  const [kind, schema, owner, text] = namesOf(key);
  if (kind === undefined || schema === undefined || owner === undefined || text === undefined) return undefined;
  const ownerFull = !text.startsWith("!");
  // Kinds that this release does not know are kept as they are.
  return {
    kind: kind as ObjectKind,
    schema: schemaFrom(schema),
    owner,
    ownerFull,
    grants: new Map(namedLetters(text)),
  };
}

/** `=r,app_rw=arw*` in pieces; null is PUBLIC. */
export function namedLetters(text: string): readonly (readonly [name: string | null, letters: string])[] {
  const pieces = text.matchAll(/("(?:[^"\\]|\\.)*"|[\w$@.:-]*)=([^,]*)/g);
  return [...pieces].map(([, name = "", letters = ""]) => {
    if (name === "") return [null, letters];
    return [name.startsWith('"') ? unquoted(name) : name, letters];
  });
}

/** Anything that is no JSON text stands for itself: keys may come from an edited file. */
function unquoted(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : text;
  } catch {
    return text;
  }
}

/** One privilege of an ACL: its letter, and whether it may be granted on. */
export interface Privilege {
  readonly letter: string;
  readonly grantable: boolean;
}

/** `ar*w` in pieces. */
export function privilegesOf(letters: string): readonly Privilege[] {
  return [...letters.matchAll(/([^*])(\*?)/gsu)].map(([, letter = "", star]) => ({ letter, grantable: star === "*" }));
}

import type { AclGroup, ObjectKind } from "../../model/databaseEvidence.ts";
import type { Verdict } from "../../model/finding.ts";
import { fail, subjectOf } from "../control.ts";
import { firstOf, kindWord, objectText } from "./applicationObjects.ts";
import { granteeName, privilegeText } from "./privilegeNames.ts";

/** Privileges that somebody should not have on the objects of one group. */
export interface Excess {
  readonly group: Pick<AclGroup, "kind" | "schema">;
  readonly objects: readonly string[];
  /** Null is PUBLIC. */
  readonly holder: string | null;
  readonly letters: readonly string[];
}

/**
 * More objects than this of one kind, in one schema and with one holder, were not granted one by one: they are one
 * finding about the schema. Up to it each object is a finding, so that a waiver covers that object and no later one.
 */
const singly = 20;

const subjectKinds: Readonly<Partial<Record<ObjectKind, string>>> = {
  matview: "materializedView",
  foreign_table: "foreignTable",
  large_object: "largeObject",
  fdw: "foreignDataWrapper",
  server: "foreignServer",
};

interface Sentence {
  readonly database: string;
  /** The holder's name is part of the subject, where more than one role is judged. */
  readonly namesHolder: boolean;
  /** `Role ann may pass on` of `Role ann may pass on SELECT on table app.orders.` */
  readonly begin: (holder: string | null) => string;
}

/** A fail per object, or per schema where one cause meets many. */
export function excessVerdicts(excesses: readonly Excess[], sentence: Sentence): readonly Verdict[] {
  const causes = Map.groupBy(excesses, ({ group: { kind, schema }, holder }) => JSON.stringify([kind, schema, holder]));
  return [...causes.values()].flatMap((cause) => causeVerdicts(byObject(cause), cause, sentence));
}

/** Letters by object: one object may stand in several groups, by its own privileges and by those of its columns. */
function byObject(cause: readonly Excess[]): ReadonlyMap<string, ReadonlySet<string>> {
  const held = new Map<string, Set<string>>();
  for (const { objects, letters } of cause)
    for (const name of objects) {
      const known = held.get(name) ?? new Set();
      for (const letter of letters) known.add(letter);
      held.set(name, known);
    }
  return held;
}

function causeVerdicts(
  held: ReadonlyMap<string, ReadonlySet<string>>,
  cause: readonly Excess[],
  { database, namesHolder, begin }: Sentence,
): readonly Verdict[] {
  const [first] = cause;
  if (first === undefined) return [];
  const { group, holder } = first;
  const who = namesHolder ? [granteeName(holder)] : [];
  const place = group.schema === null ? [database] : [database, group.schema];
  if (held.size <= singly)
    return [...held].map(([name, letters]) =>
      fail(
        subjectOf(subjectKinds[group.kind] ?? group.kind, ...place, name, ...who),
        `${begin(holder)} ${privilegeText(letters)} on ${objectText(group, name)} of database ${database}.`,
      ),
    );
  const letters = [...held.values()].flatMap((some) => [...some]);
  const names = [...held.keys()].map((name) => objectText(group, name));
  const subject = subjectOf(group.schema === null ? "database" : "schema", ...place, kindWord(group.kind), ...who);
  const where = group.schema === null ? "" : ` of schema ${group.schema}`;
  const message = `${begin(holder)} ${privilegeText(letters)} on ${held.size} objects of kind ${kindWord(group.kind)}${where} of database ${database}: ${firstOf(names)}.`;
  return [fail(subject, message)];
}

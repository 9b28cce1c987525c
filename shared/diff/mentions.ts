import { subjectOf } from "../controls/control.ts";
import type { SnapshotEvidence } from "../model/drift.ts";
import type { DatabasePosture } from "../model/posture.ts";
import { byCodeUnit } from "./canonical.ts";

/** What a snapshot keeps, beside its parts, of the bodies of functions. */
export function mentionsIn(databases: readonly DatabasePosture[]): NonNullable<SnapshotEvidence["mentions"]> {
  const found = databases.map(({ name, sections: { definerFunctions } }) => {
    const functions = definerFunctions.state === "collected" ? definerFunctions.items : [];
    const naming = functions.filter(({ mentions }) => mentions.length > 0);
    const entries = naming.map(
      ({ schema, signature, mentions }) =>
        [subjectOf("definerFunction", schema, signature), mentions.toSorted(byCodeUnit)] as const,
    );
    return [name, Object.fromEntries(entries)] as const;
  });
  return Object.fromEntries(found.filter(([, named]) => Object.keys(named).length > 0));
}

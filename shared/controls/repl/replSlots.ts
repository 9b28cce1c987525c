import type { ReplicationSlot } from "../../model/databaseEvidence.ts";
import { defineControl, pass, subjectOf, verdict } from "../control.ts";

const megabyte = 1024 * 1024;

export const replSlots = defineControl({
  meta: {
    id: "repl-slots",
    title: "Replication slots are approved and moving",
    severity: "high",
    requires: ["replicationSlots"],
    frameworks: {
      published: { cisPostgresql: ["7.5"] },
      proposed: {
        mcsb: ["DP-2"],
        nist80053r5: ["AC-4", "SC-5", "SI-4"],
        pciDss401: ["11.5.2"],
        iso27001_2022: ["A.8.12", "A.8.6"],
      },
    },
    rationale:
      "A logical slot is a copy of all changes for whoever reads it. A slot that nobody reads keeps WAL until the disk is full, and then the server only reads. Physical slots are the service's own, for standby and replicas: of those only the WAL is judged.",
    remediation: {
      sql: `-- Or list it in policy.replication.approvedSlots and get its reader going again.
select pg_catalog.pg_drop_replication_slot('<slot>');`,
    },
  },

  evaluate({ replicationSlots }, { replication: { approvedSlots, maxRetainedMegabytes } }) {
    if (replicationSlots.length === 0) return [pass("server", "The server has no replication slot.")];
    return replicationSlots.map((slot) => {
      const found = faults(slot, approvedSlots, maxRetainedMegabytes);
      const fact = slotText(slot);
      return verdict(
        subjectOf("slot", slot.name),
        found.length === 0,
        found.length === 0 ? `${fact}.` : `${fact}: ${found.join(", and ")}.`,
      );
    });
  },
});

function faults(
  { name, type, retainedBytes }: ReplicationSlot,
  approved: readonly string[],
  limit: number,
): readonly string[] {
  return [
    ...(type === "physical" || approved.includes(name) ? [] : ["no approval names it"]),
    ...(retainedBytes === null || retainedBytes <= limit * megabyte ? [] : [`the limit is ${limit} MB`]),
  ];
}

function slotText({ name, type, database, active, retainedBytes }: ReplicationSlot): string {
  const place = database === null ? "" : ` of database ${database}`;
  const held = retainedBytes === null ? "no WAL" : `${Math.ceil(retainedBytes / megabyte)} MB of WAL`;
  return `The ${type} slot ${name}${place} is ${active ? "active" : "inactive"} and holds back ${held}`;
}

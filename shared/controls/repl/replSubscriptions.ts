import { defineControl, pass, subjectOf, verdict } from "../control.ts";

export const replSubscriptions = defineControl({
  meta: {
    id: "repl-subscriptions",
    title: "Subscriptions are approved and need a password",
    severity: "medium",
    requires: ["subscriptions"],
    frameworks: {
      published: { cisPostgresql: ["7.5"] },
      proposed: { mcsb: ["DP-3"], nist80053r5: ["SC-8", "CA-3"], pciDss401: ["4.2.1"], iso27001_2022: ["A.8.20"] },
    },
    rationale:
      "A subscription writes rows of another server into this one, with the rights of its owner, and keeps the login to that server. Whether it asks for verified TLS cannot be read: PostgreSQL shows the connection text to superusers only, so look at it when you approve one.",
    remediation: {
      sql: `-- One that may stay, from 16 on: alter subscription … set (password_required = true).
alter subscription "<subscription>" disable;
alter subscription "<subscription>" set (slot_name = none);
drop subscription "<subscription>";
-- Then drop its slot on the other server.`,
    },
  },

  evaluate({ subscriptions }, { replication: { approvedSubscriptions } }) {
    if (subscriptions.length === 0) return [pass("server", "The server has no subscription.")];
    return subscriptions.map(({ database, name, owner, passwordRequired }) => {
      const faults = [
        ...(approvedSubscriptions.includes(name) ? [] : ["no approval names it"]),
        ...(passwordRequired === false ? ["it may connect without a password"] : []),
      ];
      const fact = `Subscription ${name} of database ${database}, owned by ${owner}`;
      return verdict(
        subjectOf("subscription", database, name),
        faults.length === 0,
        faults.length === 0
          ? `${fact}, is approved; how it protects its connection is not visible.`
          : `${fact}: ${faults.join(", and ")}.`,
      );
    });
  },
});

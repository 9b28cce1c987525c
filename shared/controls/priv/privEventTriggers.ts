import { defineDatabaseControl, fail, pass, subjectOf } from "../control.ts";
import { isPlatformOwner } from "./applicationObjects.ts";

export const privEventTriggers = defineDatabaseControl({
  meta: {
    id: "priv-event-triggers",
    title: "Event triggers are approved",
    severity: "low",
    requires: [],
    requiresInDatabase: ["eventTriggers"],
    frameworks: {
      proposed: { mcsb: ["PV-2"], nist80053r5: ["CM-5"], pciDss401: ["6.5.1"], iso27001_2022: ["A.8.9"] },
    },
    rationale:
      "An event trigger runs in the session of whoever changes a schema or logs in, administrators included, and with that session's rights: one that nobody approved is a trap for the next deployment.",
    remediation: { sql: `drop event trigger "<event trigger>";` },
  },

  evaluateDatabase({ eventTriggers }, { privileges: { approvedEventTriggers } }, { database }) {
    if (eventTriggers.length === 0)
      return [pass(subjectOf("database", database), `Database ${database} has no event trigger.`)];
    return eventTriggers.map(({ name, event, enabled, owner, function: called }) => {
      const subject = subjectOf("eventTrigger", database, name);
      const state = enabled === "D" ? ", disabled," : "";
      const fact = `Event trigger ${name} of database ${database}${state} calls ${called} on ${event}`;
      if (isPlatformOwner(owner)) return pass(subject, `${fact}: it belongs to the platform.`);
      if (approvedEventTriggers.includes(name)) return pass(subject, `${fact}: the policy approves it.`);
      return fail(subject, `${fact}, and no approval names it.`);
    });
  },
});

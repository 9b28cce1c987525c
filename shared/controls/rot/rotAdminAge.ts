import { defineControl, fail, pass, subjectOf, verdict } from "../control.ts";
import { administratorLoginOf } from "./passwordLogins.ts";
import { daysSince, passwordSetAt, seenOf } from "./seenCredential.ts";

export const rotAdminAge = defineControl({
  meta: {
    id: "rot-admin-age",
    title: "The administrator's password was reset within its limit",
    severity: "high",
    requires: ["server", "credentials"],
    appliesTo: ["passwordOn"],
    frameworks: {
      proposed: {
        mcsb: ["PA-1", "IM-8"],
        nist80053r5: ["IA-5", "AC-6(5)"],
        pciDss401: ["2.2.2", "8.3.9"],
        iso27001_2022: ["A.5.17", "A.8.2"],
      },
    },
    rationale:
      "The administrator's password was typed into a portal or a template when the server was made, and opens every database. Nothing in Azure shows when it was last changed; only a rotation on record does.",
    remediation: {
      cli: `pgwarden rotate <credential>
# Without passwords there is nothing to rotate:
az postgres flexible-server update -g <group> -n <server> --password-auth Disabled`,
    },
  },

  evaluate({ server, credentials }, { rotation: { administratorMaxAgeDays: limit } }, { takenAt }) {
    const administrator = administratorLoginOf(server);
    if (administrator === null) return [pass("server", "The server names no administrator login.")];
    const subject = subjectOf("role", administrator);
    const credential = credentials.find(({ strategy }) => strategy === "admin");
    if (credential === undefined) {
      const message = `No credential rotates administrator ${administrator}, so nothing shows that its password is younger than ${limit} days.`;
      return [fail(subject, message)];
    }
    const looked = seenOf(credential, takenAt);
    if ("gap" in looked) return [{ ...looked.gap, subject }];
    const { seen } = looked;
    if (seen.published === null)
      return [fail(subject, `Credential ${credential.name} has not published a password of ${administrator} yet.`)];
    const setAt = passwordSetAt(seen.published, seen);
    const message = `The password of administrator ${administrator} was set on ${setAt}; it may be ${limit} days old.`;
    return [verdict(subject, daysSince(setAt, takenAt) <= limit, message)];
  },
});

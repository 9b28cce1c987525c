import type { Verdict } from "../../model/finding.ts";
import { defineControl, fail, type Gap, pass, unknownWithout } from "../control.ts";
import { credentialSubject, dayMs, isFresh, loginOf } from "./seenCredential.ts";

/** It is tried once a day while it is refused. */
const triedWithinMs = 2 * dayMs;

export const rotOldCredentialDead = defineControl({
  meta: {
    id: "rot-old-credential-dead",
    title: "Replaced passwords no longer log in",
    severity: "high",
    requires: ["credentials", "credentialLogins"],
    frameworks: {
      proposed: {
        mcsb: ["IM-8"],
        nist80053r5: ["IA-5", "AC-12"],
        pciDss401: ["8.3.9", "8.2.5"],
        iso27001_2022: ["A.5.17"],
      },
    },
    rationale:
      "A rotation is worth what it takes away. A restored database, a role that was reset by hand or a change that only seemed to happen leaves the old password working, and every copy of it. The password before the published one of an alternating pair works on purpose, so the one before that is judged.",
    remediation: {
      cli: `pgwarden recover
pgwarden rotate <credential>`,
    },
  },

  evaluate({ credentials, credentialLogins }, _policy, { takenAt }) {
    return credentials.flatMap((credential): readonly (Verdict | Gap)[] => {
      const login = loginOf(credentialLogins, credential, "replaced");
      if (login === undefined) return [];
      const { version, outcome, detail, at } = login;
      const subject = credentialSubject(credential);
      const fact = `Version ${version} of secret ${credential.published.name} of credential ${credential.name}, which was replaced,`;
      if (!isFresh(at, takenAt, triedWithinMs))
        return [unknownWithout(subject, "credentialLogins", `it was tried on ${at} last, more than two days ago.`)];
      switch (outcome) {
        case "refused":
          return [pass(subject, `${fact} was refused on ${at}.`)];
        case "accepted":
          return [fail(subject, `${fact} still logs in.`)];
        case "untried":
          return [unknownWithout(subject, "credentialLogins", detail ?? "nobody tried.")];
      }
    });
  },
});

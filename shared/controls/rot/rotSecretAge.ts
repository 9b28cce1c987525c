import type { Verdict } from "../../model/finding.ts";
import { defineControl, type Gap, verdict } from "../control.ts";
import { credentialSubject, daysSince, passwordSetAt, seenOf } from "./seenCredential.ts";

export const rotSecretAge = defineControl({
  meta: {
    id: "rot-secret-age",
    title: "No rotated password is older than the limit",
    severity: "high",
    requires: ["credentials"],
    frameworks: {
      proposed: {
        mcsb: ["IM-8", "PA-3"],
        nist80053r5: ["IA-5", "IA-5(1)"],
        pciDss401: ["8.3.9", "8.6.3"],
        iso27001_2022: ["A.5.17"],
      },
    },
    rationale:
      "Every copy of a password that leaked into a log, a dump or a laptop works until the password changes. A secret that has outlived its limit says that its rotation is held up, or that its limit was never agreed on.",
    remediation: {
      cli: `pgwarden rotate <credential> --dry-run
pgwarden rotate <credential>`,
    },
  },

  evaluate({ credentials }, { rotation }, { takenAt }) {
    return credentials.flatMap((credential): readonly (Verdict | Gap)[] => {
      const looked = seenOf(credential, takenAt);
      if ("gap" in looked) return [looked.gap];
      const { seen } = looked;
      // Without a published secret there is no age; that it is missing is told by rot-credential-works.
      if (seen.published === null) return [];
      const setAt = passwordSetAt(seen.published, seen);
      const limit = credential.strategy === "admin" ? rotation.administratorMaxAgeDays : rotation.maxAgeDays;
      const message = `The password of credential ${credential.name} was set on ${setAt}; it may be ${limit} days old.`;
      return [verdict(credentialSubject(credential), daysSince(setAt, takenAt) <= limit, message)];
    });
  },
});

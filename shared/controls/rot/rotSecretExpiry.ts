import type { Verdict } from "../../model/finding.ts";
import { defineControl, fail, type Gap, verdict } from "../control.ts";
import { credentialSubject, dayMs, seenOf } from "./seenCredential.ts";

export const rotSecretExpiry = defineControl({
  meta: {
    id: "rot-secret-expiry",
    title: "Published secrets expire after their next rotation",
    severity: "medium",
    requires: ["credentials"],
    frameworks: {
      published: { cisAzure: ["A3 3.3.3", "A5 8.3.3", "A6 8.3.3"] },
      proposed: {
        mcsb: ["DP-6", "IM-8"],
        nist80053r5: ["IA-5"],
        pciDss401: ["8.3.9"],
        iso27001_2022: ["A.5.17"],
      },
    },
    rationale:
      "The expiry of a secret is what vault events and inventories go by. One that is missing hides a forgotten secret; one that lies before the next rotation makes consumers that respect it give up a password that still works.",
    remediation: {
      cli: `# A rotation writes the expiry; until then, for the version that is published:
az keyvault secret set-attributes --vault-name <vault> -n <secret> --expires <instant>`,
    },
  },

  evaluate({ credentials }, { rotation: { expiryGraceDays } }, { takenAt }) {
    return credentials.flatMap((credential): readonly (Verdict | Gap)[] => {
      const looked = seenOf(credential, takenAt);
      if ("gap" in looked) return [looked.gap];
      const { published } = looked.seen;
      if (published === null) return [];
      const subject = credentialSubject(credential);
      const secret = `Secret ${credential.published.name} of credential ${credential.name}`;
      const { expiresAt } = published;
      if (expiresAt === null) return [fail(subject, `${secret} has no expiry.`)];
      // One that nothing will rotate must at least not end now.
      const next = credential.nextDueAt ?? takenAt;
      const earliest = Math.max(Date.parse(next), Date.parse(takenAt)) + expiryGraceDays * dayMs;
      const rotation = credential.nextDueAt === null ? "no rotation is planned" : `its next rotation is due on ${next}`;
      const message = `${secret} expires on ${expiresAt}; ${rotation}, and ${expiryGraceDays} days more are needed.`;
      return [verdict(subject, Date.parse(expiresAt) >= earliest, message)];
    });
  },
});

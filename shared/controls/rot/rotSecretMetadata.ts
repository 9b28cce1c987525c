import type { Verdict } from "../../model/finding.ts";
import { defineControl, type Gap, verdict } from "../control.ts";
import { credentialSubject, seenOf } from "./seenCredential.ts";

export const rotSecretMetadata = defineControl({
  meta: {
    id: "rot-secret-metadata",
    title: "Tags say what a secret is and hold no password",
    severity: "low",
    requires: ["credentials"],
    frameworks: {
      proposed: {
        mcsb: ["IM-8"],
        nist80053r5: ["CM-8"],
        pciDss401: ["8.6.2"],
        iso27001_2022: ["A.5.9"],
      },
    },
    rationale:
      "A secret whose server and role nobody knows cannot be revoked in an emergency. Tags are read by everybody who may list a vault's secrets, and stand in its logs: what is written there is no secret any more.",
    remediation: {
      cli: `# A rotation writes its own tags anew and leaves no others; what a tag has shown is known, so rotate:
pgwarden rotate <credential>`,
    },
  },

  evaluate({ credentials }, _policy, { takenAt, server }) {
    return credentials.flatMap((credential): readonly (Verdict | Gap)[] => {
      const looked = seenOf(credential, takenAt);
      if ("gap" in looked) return [looked.gap];
      const { published } = looked.seen;
      if (published === null) return [];
      const { tags, user, key, suspectTags } = published;
      const faults = [
        tags.server?.toLowerCase() === server.name.toLowerCase() ? [] : [`name ${tags.server ?? "no server"}`],
        tags.user !== null && tags.user === user ? [] : [`name ${tags.user ?? "no role"}`],
        tags.rotatedAt === null ? ["do not say when it was rotated"] : [],
        key === null ? ["name no rotation"] : [],
        suspectTags.length === 0 ? [] : [`hold what looks like a password (${suspectTags.join(", ")})`],
      ].flat();
      const found = faults.length === 0 ? "name server, role and rotation" : faults.join(", ");
      const message = `The tags of secret ${credential.published.name} of credential ${credential.name} ${found}.`;
      return [verdict(credentialSubject(credential), faults.length === 0, message)];
    });
  },
});

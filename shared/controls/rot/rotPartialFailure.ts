import type { ManagedCredential } from "../../model/credentialEvidence.ts";
import { defineControl, fail, pass } from "../control.ts";
import { credentialSubject, seenOf } from "./seenCredential.ts";

const minuteMs = 60_000;

export const rotPartialFailure = defineControl({
  meta: {
    id: "rot-partial-failure",
    title: "No rotation is left half done",
    severity: "critical",
    requires: ["credentials"],
    frameworks: {
      proposed: {
        mcsb: ["IM-8"],
        nist80053r5: ["SI-7", "CP-10"],
        pciDss401: ["8.6.3"],
        iso27001_2022: ["A.8.9"],
      },
    },
    rationale:
      "Between the database and the vault a password may have changed in one place only. The next tick mends that within minutes; a rotation that stays open has met something that ticks cannot mend, and its consumers may already be locked out.",
    remediation: {
      cli: `pgwarden credentials
pgwarden recover`,
    },
  },

  evaluate({ credentials }, { rotation: { openMinutes } }, { takenAt }) {
    return credentials.map((credential) => {
      const looked = seenOf(credential, takenAt);
      if ("gap" in looked) return looked.gap;
      const subject = credentialSubject(credential);
      const faults = faultsOf(looked.seen, { openMinutes, takenAt });
      if (faults.length > 0)
        return fail(subject, `Credential ${credential.name} is half rotated: ${faults.join("; ")}.`);
      const { length } = looked.seen.intents;
      return pass(
        subject,
        length === 0
          ? `No rotation of credential ${credential.name} is open.`
          : `A rotation of credential ${credential.name} is open for less than ${openMinutes} minutes.`,
      );
    });
  },
});

function faultsOf(
  { intents, strangeVersions, ledger, published }: NonNullable<ManagedCredential["seen"]>,
  { openMinutes, takenAt }: { readonly openMinutes: number; readonly takenAt: string },
): readonly string[] {
  // A tick that closes a rotation writes so at once: one that was open at the last look is open still.
  const late = intents.filter(({ createdAt }) => minutesSince(createdAt, takenAt) > openMinutes);
  const faults = late.map(
    ({ generation, role, createdAt }) =>
      `generation ${generation} of role ${role} is open since ${createdAt}, ${openMinutes} minutes are allowed`,
  );
  const strange = strangeVersions.map((version) => `pending version ${version} claims to be open and cannot be read`);
  const key = published?.key ?? null;
  // A compensation gives the published rotation a higher generation of the ledger.
  const isAhead =
    ledger !== null && key !== null && ledger.generation > key.generation && ledger.rotationId !== key.rotationId;
  const applied =
    isAhead && intents.length === 0
      ? [`the database has generation ${ledger.generation}, and generation ${key.generation} is published`]
      : [];
  return [...faults, ...strange, ...applied];
}

function minutesSince(at: string, takenAt: string): number {
  return Math.floor((Date.parse(takenAt) - Date.parse(at)) / minuteMs);
}

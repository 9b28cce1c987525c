import { defineControl, fail, pass, unknownWithout } from "../control.ts";
import { credentialSubject, isFresh, loginOf, seenOf } from "./seenCredential.ts";

export const rotCredentialWorks = defineControl({
  meta: {
    id: "rot-credential-works",
    title: "Published passwords log in",
    severity: "critical",
    requires: ["credentials", "credentialLogins"],
    frameworks: {
      proposed: {
        mcsb: ["IM-8"],
        nist80053r5: ["IA-5", "CP-10"],
        pciDss401: ["8.6.3"],
        iso27001_2022: ["A.5.17"],
      },
    },
    rationale:
      "A vault does not know what the database accepts. Applications live on open connections for hours after their password stopped working, and all fail at once with the next restart; only a fresh login tells before.",
    remediation: {
      cli: `pgwarden recover
pgwarden rotate <credential>`,
    },
  },

  evaluate({ credentials, credentialLogins }, _policy, { takenAt }) {
    return credentials.map((credential) => {
      const { name, published } = credential;
      const subject = credentialSubject(credential);
      const looked = seenOf(credential, takenAt);
      if ("gap" in looked) return looked.gap;
      const { secret, published: current } = looked.seen;
      if (current === null)
        return fail(
          subject,
          `Secret ${published.name} of credential ${name} is ${secret}: consumers read no password.`,
        );
      const login = loginOf(credentialLogins, credential, "published");
      if (login === undefined || login.version !== current.version || !isFresh(login.at, takenAt)) {
        const last = login === undefined ? "" : ` The last login was on ${login.at}, with version ${login.version}.`;
        const detail = `nobody has logged in with version ${current.version} of credential ${name} within an hour.${last}`;
        return unknownWithout(subject, "credentialLogins", detail);
      }
      const fact = `Version ${current.version} of secret ${published.name} of credential ${name}`;
      switch (login.outcome) {
        case "accepted":
          return pass(subject, `${fact} logged in on ${login.at}.`);
        case "refused":
          return fail(subject, `${fact} does not log in.${login.detail === null ? "" : ` ${login.detail}`}`);
        case "untried":
          return unknownWithout(subject, "credentialLogins", login.detail ?? "nobody tried.");
      }
    });
  },
});

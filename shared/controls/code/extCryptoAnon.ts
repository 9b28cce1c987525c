import { defineDatabaseControl, subjectOf, verdict } from "../control.ts";

const wanted: readonly string[] = ["pgcrypto", "anon"];

export const extCryptoAnon = defineDatabaseControl({
  meta: {
    id: "ext-crypto-anon",
    title: "An extension for encryption or masking is there where data needs it",
    severity: "info",
    requires: [],
    requiresInDatabase: ["extensions"],
    appliesTo: ["cryptoRequired"],
    frameworks: {
      published: { cisPostgresql: ["6.11", "o:6.9"] },
      proposed: { mcsb: ["DP-4"], nist80053r5: ["SC-28"], pciDss401: ["3.5.1"], iso27001_2022: ["A.8.11", "A.8.24"] },
    },
    rationale:
      "Columns that even readers of the table must not see in clear need encryption or masking inside the database. Whether the data is of that kind says policy.code.cryptoRequired; without it nothing is judged.",
    remediation: { sql: `create extension pgcrypto;` },
  },

  evaluateDatabase({ extensions }, _policy, { database }) {
    const found = extensions.map(({ name }) => name).filter((name) => wanted.includes(name));
    const message =
      found.length === 0
        ? `Database ${database} has none of ${wanted.join(", ")}.`
        : `Database ${database} has ${found.join(", ")}.`;
    return [verdict(subjectOf("database", database), found.length > 0, message)];
  },
});

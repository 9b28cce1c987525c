import { rotPartialFailure } from "../../../shared/controls/rot/rotPartialFailure.ts";
import { managedCredential, policy } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given, noCredentials, unseen } from "./credentialCases.ts";

const published = "019aa000-0000-7000-8000-000000000007";
const other = "019aa000-0000-7000-8000-000000000008";

function open(createdAt: string) {
  return [{ generation: 8, rotationId: other, role: "app", createdAt }];
}

function ledger(generation: number, rotationId: string) {
  return { generation, rotationId, role: "app", appliedAt: "2026-11-22T05:50:00.000Z" };
}

testControl(rotPartialFailure, {
  pass: [
    {
      name: "nothing open, and nothing ever applied",
      sections: given(managedCredential(), managedCredential({ name: "new" }, { published: null, ledger: null })),
    },
    {
      name: "open for exactly fifteen minutes",
      sections: given(managedCredential({}, { intents: open("2026-11-22T05:45:00.000Z") })),
    },
    {
      name: "applied and not yet published, while the rotation is open",
      sections: given(managedCredential({}, { intents: open("2026-11-22T05:50:00.000Z"), ledger: ledger(8, other) })),
    },
    {
      name: "a compensation, which lifts the ledger and not the vault",
      sections: given(managedCredential({}, { ledger: ledger(9, published) })),
    },
    {
      name: "a longer time that the policy allows",
      policy: policy({ rotation: { openMinutes: 60 } }),
      sections: given(managedCredential({}, { intents: open("2026-11-22T05:00:00.000Z") })),
    },
  ],
  fail: [
    {
      name: "open for longer",
      sections: given(
        managedCredential({ name: "late" }, { intents: open("2026-11-22T05:44:00.000Z") }),
        managedCredential(),
      ),
      subjects: ["credential/late"],
      says: ["generation 8 of role app is open since 2026-11-22T05:44:00.000Z, 15 minutes are allowed"],
    },
    {
      name: "a pending version that nobody can read",
      sections: given(managedCredential({}, { strangeVersions: ["p3"] })),
      subjects: ["credential/orders-app"],
      says: ["pending version p3"],
    },
    {
      name: "a database that is ahead of the vault with nothing open",
      sections: given(managedCredential({}, { ledger: ledger(8, other) })),
      subjects: ["credential/orders-app"],
      says: ["the database has generation 8, and generation 7 is published"],
    },
  ],
  notApplicable: [noCredentials],
  unknown: [unseen],
});

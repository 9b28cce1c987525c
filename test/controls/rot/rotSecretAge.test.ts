import { rotSecretAge } from "../../../shared/controls/rot/rotSecretAge.ts";
import { managedCredential, policy, publishedEvidence } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given, noCredentials, unseen } from "./credentialCases.ts";

function setOn(createdAt: string) {
  const tags = { ...publishedEvidence().tags, rotatedAt: createdAt };
  return { published: publishedEvidence({ createdAt, tags }), ledger: null };
}

testControl(rotSecretAge, {
  pass: [
    {
      name: "a password of exactly ninety days",
      sections: given(managedCredential({}, setOn("2026-08-24T06:00:00.000Z"))),
    },
    {
      name: "an administrator's of thirty days",
      sections: given(managedCredential({ strategy: "admin" }, setOn("2026-10-23T06:00:00.000Z"))),
    },
    {
      name: "a credential that has published nothing, beside another",
      sections: given(
        managedCredential({ name: "new" }, { secret: "absent", published: null, ledger: null }),
        managedCredential(),
      ),
    },
    {
      name: "what another policy allows",
      policy: policy({ rotation: { maxAgeDays: 365 } }),
      sections: given(managedCredential({}, setOn("2025-12-01T06:00:00.000Z"))),
    },
    { name: "a clock that was ahead", sections: given(managedCredential({}, setOn("2026-11-23T06:00:00.000Z"))) },
  ],
  fail: [
    {
      name: "a day more, for each kind of credential",
      sections: given(
        managedCredential({ name: "app" }, setOn("2026-08-23T06:00:00.000Z")),
        managedCredential({ name: "admin", strategy: "admin" }, setOn("2026-10-22T06:00:00.000Z")),
        managedCredential({ name: "young" }),
      ),
      subjects: ["credential/app", "credential/admin"],
      says: ["2026-08-23T06:00:00.000Z; it may be 90 days old", "2026-10-22T06:00:00.000Z; it may be 30 days old"],
    },
    {
      name: "an old password under a new version: it was published once more",
      sections: given(
        managedCredential(
          {},
          {
            ledger: {
              generation: 7,
              rotationId: "019aa000-0000-7000-8000-000000000007",
              role: "app",
              appliedAt: "2026-01-01T00:00:00.000Z",
            },
          },
        ),
      ),
      subjects: ["credential/orders-app"],
    },
  ],
  notApplicable: [noCredentials],
  unknown: [unseen],
});

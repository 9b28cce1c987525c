import { rotSecretExpiry } from "../../../shared/controls/rot/rotSecretExpiry.ts";
import { managedCredential, policy, publishedEvidence } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given, noCredentials, unseen } from "./credentialCases.ts";

function expiring(name: string, expiresAt: string | null, nextDueAt: string | null = "2026-12-01T06:00:00.000Z") {
  return managedCredential({ name, nextDueAt }, { published: publishedEvidence({ expiresAt }) });
}

testControl(rotSecretExpiry, {
  pass: [
    { name: "three days after the next rotation", sections: given(expiring("app", "2026-12-04T06:00:00.000Z")) },
    { name: "no rotation planned, and days left", sections: given(expiring("app", "2026-11-25T06:00:00.000Z", null)) },
    {
      name: "no grace where the policy asks for none",
      policy: policy({ rotation: { expiryGraceDays: 0 } }),
      sections: given(expiring("app", "2026-12-01T06:00:00.000Z")),
    },
  ],
  fail: [
    {
      name: "no expiry, one that is over, one before the rotation, one a second too early",
      sections: given(
        expiring("forgotten", null),
        expiring("over", "2026-11-22T05:59:59.000Z", null),
        expiring("before", "2026-11-30T06:00:00.000Z"),
        expiring("early", "2026-12-04T05:59:59.000Z"),
        expiring("good", "2026-12-08T06:00:00.000Z"),
      ),
      subjects: ["credential/forgotten", "credential/over", "credential/before", "credential/early"],
      says: ["has no expiry", "no rotation is planned"],
    },
    {
      name: "a rotation that is overdue lends no time",
      sections: given(expiring("app", "2026-11-24T06:00:00.000Z", "2026-11-01T06:00:00.000Z")),
      subjects: ["credential/app"],
    },
  ],
  notApplicable: [noCredentials],
  unknown: [unseen],
});

import { collected } from "../../../shared/collect/section.ts";
import { rotAdminAge } from "../../../shared/controls/rot/rotAdminAge.ts";
import { managedCredential, policy, publishedEvidence, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given, longAgo } from "./credentialCases.ts";

const admin = { name: "admin", strategy: "admin", roles: [] } as const;

function rotated(createdAt: string, rotatedAt: string | null = createdAt) {
  const tags = { ...publishedEvidence().tags, rotatedAt };
  return managedCredential(admin, { published: publishedEvidence({ createdAt, tags }), ledger: null });
}

testControl(rotAdminAge, {
  pass: [
    {
      name: "a rotation of thirty days ago",
      sections: given(rotated("2026-10-23T06:00:00.000Z"), managedCredential()),
    },
    {
      name: "a server that names no administrator",
      sections: { ...given(), server: collected([serverFacts({ administratorLogin: null })]) },
    },
    {
      name: "what another policy allows",
      policy: policy({ rotation: { administratorMaxAgeDays: 90 } }),
      sections: given(rotated("2026-09-01T06:00:00.000Z")),
    },
  ],
  fail: [
    {
      name: "no credential of the administrator",
      sections: given(managedCredential()),
      subjects: ["role/pgadmin"],
      says: ["No credential rotates administrator pgadmin"],
    },
    {
      name: "a rotation of thirty-one days ago",
      sections: given(rotated("2026-10-22T06:00:00.000Z")),
      subjects: ["role/pgadmin"],
      says: ["was set on 2026-10-22T06:00:00.000Z; it may be 30 days old"],
    },
    {
      name: "a credential that never rotated",
      sections: given(managedCredential(admin, { secret: "absent", published: null, ledger: null })),
      subjects: ["role/pgadmin"],
    },
  ],
  notApplicable: [
    {
      name: "passwords are off",
      sections: { ...given(), server: collected([serverFacts({ passwordAuthentication: "Disabled" })]) },
    },
  ],
  unknown: [
    {
      name: "nobody has looked within the hour",
      sections: given(managedCredential(admin, { at: longAgo })),
      subjects: ["role/pgadmin"],
      section: "credentials",
    },
  ],
});

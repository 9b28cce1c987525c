import { rotSecretMetadata } from "../../../shared/controls/rot/rotSecretMetadata.ts";
import { managedCredential, publishedEvidence } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { given, noCredentials, unseen } from "./credentialCases.ts";

const { tags } = publishedEvidence();

function tagged(name: string, published: Parameters<typeof publishedEvidence>[0]) {
  return managedCredential({ name }, { published: publishedEvidence(published) });
}

testControl(rotSecretMetadata, {
  pass: [
    { name: "pgwarden's own tags", sections: given(managedCredential()) },
    { name: "the server in another case", sections: given(tagged("app", { tags: { ...tags, server: "Orders" } })) },
  ],
  fail: [
    {
      name: "another server, another role, an import without a rotation, a version that nobody tagged, and a password",
      sections: given(
        tagged("moved", { tags: { ...tags, server: "billing" } }),
        tagged("swapped", { tags: { ...tags, user: "app_b" } }),
        tagged("imported", { tags: { ...tags, rotatedAt: null } }),
        tagged("foreign", { key: null, tags: { server: null, user: null, rotatedAt: null, rotationId: null } }),
        tagged("leaking", { suspectTags: ["note"] }),
        managedCredential({ name: "good" }),
      ),
      subjects: [
        "credential/moved",
        "credential/swapped",
        "credential/imported",
        "credential/foreign",
        "credential/leaking",
      ],
      says: ["name billing", "name app_b", "do not say when", "name no server, name no role", "(note)"],
    },
  ],
  notApplicable: [noCredentials],
  unknown: [unseen],
});

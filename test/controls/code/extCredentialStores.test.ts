import { collected } from "../../../shared/collect/section.ts";
import { extCredentialStores } from "../../../shared/controls/code/extCredentialStores.ts";
import type { Membership } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, membership, policy, role } from "../../builders.ts";
import { noServer, odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function stores(memberships: readonly Membership[] = []) {
  return {
    roles: collected([
      role("azure_storage_admin"),
      role("azure_ai_settings_manager"),
      role("pgadmin", { canLogIn: true }),
      role(odd, { canLogIn: true }),
      role("ops"),
      role("ann", { canLogIn: true }),
    ]),
    memberships: collected(memberships),
    context: collected([catalogContext()]),
  };
}

testControl(extCredentialStores, {
  pass: [
    { name: "no member", sections: stores() },
    {
      name: "the administrator, an approved role, a group, and ADMIN OPTION alone",
      policy: policy({ code: { approvedCredentialReaders: [odd] } }),
      sections: stores([
        membership("azure_storage_admin", "pgadmin"),
        membership("azure_ai_settings_manager", odd),
        membership("azure_storage_admin", "ops"),
        membership("azure_storage_admin", "ann", { admin: true, inherit: false, set: false }),
      ]),
    },
  ],
  fail: [
    {
      name: "logins through a group and directly, beside the administrator",
      sections: stores([
        membership("azure_storage_admin", "pgadmin"),
        membership("azure_storage_admin", "ops"),
        membership("ops", "ann", { inherit: false }),
        membership("azure_ai_settings_manager", odd),
      ]),
      subjects: ["membership/azure_storage_admin/ann", `membership/azure_ai_settings_manager/${oddSubject}`],
      says: ["the keys of storage accounts (ann > ops > azure_storage_admin)"],
    },
  ],
  notApplicable: [
    { name: "no such extension", sections: { ...stores(), roles: collected([role("azure_storage_administrator")]) } },
  ],
  unknown: [
    {
      name: "a member that may be the administrator of an unknown server",
      sections: { ...stores([membership("azure_storage_admin", "pgadmin")]), ...noServer },
      subjects: ["membership/azure_storage_admin/pgadmin"],
      section: "server",
    },
  ],
});

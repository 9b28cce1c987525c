import { collected } from "../../../shared/collect/section.ts";
import { privParameterAcl } from "../../../shared/controls/priv/privParameterAcl.ts";
import type { AclGroup } from "../../../shared/model/databaseEvidence.ts";
import { aclGroup, catalogContext, grant, policy } from "../../builders.ts";
import { odd, oddSubject } from "../role/attributeCases.ts";
import { testControl } from "../testControl.ts";

function server(versionNum: number, ...groups: readonly Partial<AclGroup>[]) {
  const parameters = groups.map((group) =>
    aclGroup({ kind: "parameter", schema: null, owner: "azuresu", objects: ["log_statement"], ...group }),
  );
  return { sharedAcls: collected(parameters), context: collected([catalogContext({ versionNum })]) };
}

testControl(privParameterAcl, {
  pass: [
    { name: "no grant", sections: server(150018) },
    {
      name: "the platform's own",
      sections: server(170010, { ownerFull: false, grants: [grant("azuresu", "As"), grant("azure_pg_admin", "s")] }),
    },
    {
      name: "approved pairs",
      policy: policy({ privileges: { approvedParameterGrants: ["log_statement/ann", `pgaudit.log/${oddSubject}`] } }),
      sections: server(
        170010,
        { grants: [grant("ann", "s")] },
        { objects: ["pgaudit.log"], grants: [grant(odd, "s")] },
      ),
      says: ["the policy approves it"],
    },
    {
      name: "privileges on databases",
      sections: server(170010, { kind: "database", objects: ["app"], grants: [grant("ann", "c")] }),
    },
  ],
  fail: [
    {
      name: "SET, ALTER SYSTEM and PUBLIC; each parameter of a group for itself",
      policy: policy({ privileges: { approvedParameterGrants: ["log_statement/bob", "ann/log_statement"] } }),
      sections: server(
        180004,
        { objects: ["log_statement", "session_replication_role"], grants: [grant("ann", "A*s"), grant("bob", "s")] },
        { objects: ["work_mem"], grants: [grant(null, "s"), grant("PUBLIC", "s")] },
      ),
      subjects: [
        "parameter/log_statement/ann",
        "parameter/session_replication_role/ann",
        "parameter/session_replication_role/bob",
        "parameter/work_mem/PUBLIC",
        'parameter/work_mem/"PUBLIC"',
      ],
      says: ["Role ann has ALTER SYSTEM, SET with GRANT OPTION on parameter log_statement; no approval names it."],
    },
  ],
  notApplicable: [{ name: "before 15", sections: server(140023) }],
});

import { collected } from "../../../shared/collect/section.ts";
import { roleAppUsesAdmin } from "../../../shared/controls/role/roleAppUsesAdmin.ts";
import type { Membership, Session } from "../../../shared/model/catalogEvidence.ts";
import { catalogContext, membership, policy, role, session } from "../../builders.ts";
import { testControl } from "../testControl.ts";
import { noServer, odd, oddSubject } from "./attributeCases.ts";

function server(sessions: readonly Session[], memberships: readonly Membership[] = []) {
  return {
    sessions: collected(sessions),
    roles: collected(["azuresu", "azure_pg_admin", "pgadmin", "app_rw", "team", odd].map((name) => role(name))),
    memberships: collected([membership("azure_pg_admin", "pgadmin"), ...memberships]),
    context: collected([catalogContext()]),
  };
}

const api = session({ role: "pgadmin", applicationName: "orders-api" });
const office = policy({ roles: { administratorNetworks: ["203.0.113.16/28", "2001:db8:5::/48", "no network"] } });

testControl(roleAppUsesAdmin, {
  pass: [
    {
      name: "other logins, the platform, and processes without a role",
      sections: server([session(), session({ role: "azuresu" }), session({ role: null })]),
    },
    {
      name: "an approved application",
      policy: policy({ roles: { administratorApplications: ["psql"] } }),
      sections: server([session({ role: "pgadmin", applicationName: "psql" })]),
    },
    {
      name: "approved networks, of which sessions show the /24 or /64",
      policy: office,
      sections: server([
        session({ role: "pgadmin", network: "203.0.113.0/24" }),
        session({ role: "pgadmin", network: "2001:db8:5:1::/64" }),
      ]),
    },
    {
      name: "a member with ADMIN OPTION alone, who is no administrator yet",
      sections: server(
        [session({ role: "app_rw" })],
        [membership("azure_pg_admin", "app_rw", { admin: true, inherit: false, set: false })],
      ),
    },
  ],
  fail: [
    {
      name: "the administrator login, beside an innocent session",
      sections: server([api, session()]),
      subjects: ["session/pgadmin/orders-api"],
    },
    {
      name: "the same from several networks and databases, which is one subject",
      policy: office,
      sections: server([api, { ...api, database: "other", network: "203.0.113.0/24" }, { ...api, tls: false }]),
      subjects: ["session/pgadmin/orders-api"],
    },
    {
      name: "a member of azure_pg_admin through a group, with a strange name and application",
      sections: server(
        [session({ role: odd, applicationName: "a/b %" })],
        [membership("azure_pg_admin", "team"), membership("team", odd)],
      ),
      subjects: [`session/${oddSubject}/a%2Fb %25`],
    },
    {
      name: "no application name, although the policy approves an empty one",
      policy: policy({ roles: { administratorApplications: [""] } }),
      sections: server([session({ role: "pgadmin", applicationName: "" })]),
      subjects: ["session/pgadmin/"],
    },
    {
      name: "a network beside the approved one, and of the other family",
      policy: office,
      sections: server([
        session({ role: "pgadmin", network: "203.0.114.0/24" }),
        session({ role: "pgadmin", applicationName: "six", network: "2001:db8:6::/64" }),
      ]),
      subjects: ["session/pgadmin/orders-api", "session/pgadmin/six"],
    },
    {
      name: "an application whose name differs from an approved one in case",
      policy: policy({ roles: { administratorApplications: ["PSQL"] } }),
      sections: server([session({ role: "pgadmin", applicationName: "psql" })]),
      subjects: ["session/pgadmin/psql"],
    },
    {
      name: "a member of azure_pg_admin, although the server is unknown",
      sections: { ...server([api]), ...noServer },
      subjects: ["session/pgadmin/orders-api"],
    },
  ],
  unknown: [
    {
      name: "networks are approved, and this session does not show its own",
      policy: office,
      sections: server([{ ...api, network: null }]),
      subjects: ["session/pgadmin/orders-api"],
      section: "sessions",
    },
  ],
});

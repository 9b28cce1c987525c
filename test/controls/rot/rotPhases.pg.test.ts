import { acls } from "../../../shared/collect/acls.ts";
import { context } from "../../../shared/collect/context.ts";
import { memberships } from "../../../shared/collect/memberships.ts";
import { passwordTypes } from "../../../shared/collect/passwordTypes.ts";
import { roles } from "../../../shared/collect/roles.ts";
import { roleSettings } from "../../../shared/collect/roleSettings.ts";
import { settings } from "../../../shared/collect/settings.ts";
import { rotAlternatePair } from "../../../shared/controls/rot/rotAlternatePair.ts";
import { rotCoverage } from "../../../shared/controls/rot/rotCoverage.ts";
import { rotNoCleartextLog } from "../../../shared/controls/rot/rotNoCleartextLog.ts";
import { rotValidUntil } from "../../../shared/controls/rot/rotValidUntil.ts";
import { scramVerifier } from "../../../shared/local/scramVerifier.ts";
import { managedCredential, policy } from "../../builders.ts";
import { describePostgres } from "../../describePostgres.ts";
import { testPhases } from "../testPhases.ts";
import { given } from "./credentialCases.ts";

const logins = [roles, passwordTypes("public.azure_roles_authtype")] as const;
const scram = scramVerifier("a password of a test");
const admin = managedCredential({ name: "admin", strategy: "admin", roles: [] });
const app = managedCredential({ roles: ["app"] });

describePostgres("all", (_major, getServer) => {
  testPhases(getServer, rotValidUntil, logins, {
    sections: given(),
    baseline: `create role app login password '${scram}' valid until '2027-01-01 00:00:00Z'`,
    // Neither has a password that could end.
    lookAlike: `create role team nologin password '${scram}'; create role bare login`,
    violation: `create role "o'd/d" login password '${scram}'; alter role app valid until 'infinity';
      create role over login password '${scram}' valid until '2026-11-22 05:59:59Z'`,
    subjects: ["role/o'd%2Fd", "role/app", "role/over"],
    remediation: ["o'd/d", "app", "over"].map((role) => ({ role, instant: "2027-02-01 00:00:00Z" })),
  });

  testPhases(getServer, rotCoverage, logins, {
    sections: given(app, admin),
    policy: policy({ rotation: { exemptions: [{ role: "vendor", reason: "a vendor's", expires: "2027-01-01" }] } }),
    baseline: `create role app login password '${scram}'`,
    lookAlike: `create role team nologin password '${scram}'; create role bare login;
      create role vendor login password '${scram}'`,
    violation: `create role "App" login password '${scram}'`,
    subjects: ["role/App"],
    remediation: [{ role: "App" }],
  });

  testPhases(getServer, rotAlternatePair, [roles, memberships, roleSettings, context, acls], {
    sections: given(
      managedCredential({
        name: "pair",
        strategy: "alternating",
        roles: ["app_a", "app_b"],
        owner: "app_owner",
        database: "postgres",
      }),
    ),
    baseline: `create role app_owner nologin;
      create role app_a login in role app_owner connection limit 20;
      create role app_b login in role app_owner connection limit 20;
      alter role app_a set role = app_owner; alter role app_b set role = app_owner;
      create schema app authorization app_owner; create table app.orders (); alter table app.orders owner to app_owner`,
    // Parked until its next turn.
    lookAlike: "alter role app_b nologin valid until '2026-01-01'; create role app_c login createdb",
    violation: `revoke app_owner from app_b; alter role app_b reset role;
      create table app.mine (); alter table app.mine owner to app_b`,
    subjects: ["credential/postgres/pair"],
    remediation: [{ role: "app_b", owner: "app_owner" }],
  });

  testPhases(getServer, rotNoCleartextLog, [...logins, settings, roleSettings], {
    sections: given(app, admin),
    baseline: `create role app login password '${scram}'; create role ann login password '${scram}'`,
    lookAlike: "alter role ann set log_min_duration_statement = 1000; alter role app set log_statement = 'none'",
    violation: "alter role ann set log_statement = 'ddl'; alter role app set log_min_duration_statement = 0",
    subjects: ["roleSetting/ann/*/log_statement", "roleSetting/app/*/log_min_duration_statement"],
    remediation: [
      { role: "ann", setting: "log_statement" },
      { role: "app", setting: "log_min_duration_statement" },
    ],
  });
});

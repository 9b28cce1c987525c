import { describePostgres } from "../../describePostgres.ts";
import { passwordTypes } from "../../../shared/collect/passwordTypes.ts";
import { roles } from "../../../shared/collect/roles.ts";
import { authLoginHasCredential } from "../../../shared/controls/auth/authLoginHasCredential.ts";
import { authNoMd5Verifier } from "../../../shared/controls/auth/authNoMd5Verifier.ts";
import { scramVerifier } from "../../../shared/local/scramVerifier.ts";
import { testPhases } from "../testPhases.ts";

const collectors = [roles, passwordTypes("public.azure_roles_authtype")] as const;
const md5 = `md5${"0123456789abcdef".repeat(2)}`;
const scram = scramVerifier("a password of a test");

/** As the service marks the role of a managed identity. */
function entraLabel(role: string): string {
  return `set local allow_system_table_mods = on;
    insert into pg_catalog.pg_shseclabel (objoid, classoid, provider, label)
    values ('${role}'::regrole, 'pg_catalog.pg_authid'::regclass, 'pgaadauth',
            'aadauth,oid=aaaaaaaa-0000-4000-8000-000000000009,type=service')`;
}

describePostgres([13, 18], (_major, getServer) => {
  testPhases(getServer, authNoMd5Verifier, collectors, {
    baseline: `create role app login password '${scram}'`,
    lookAlike: `create role team nologin password '${md5}'; create role open login; create role "md5" login password '${scram}'`,
    // The new setting hashes nothing again.
    violation: `set local password_encryption = 'scram-sha-256'; create role "o'd/d" login password '${md5}'`,
    subjects: ["role/o'd%2Fd"],
    remediation: [{ role: "o'd/d", "SCRAM-SHA-256 verifier": scram }],
  });

  testPhases(getServer, authLoginHasCredential, collectors, {
    // The platform's role for replication has no password here, and none is asked for.
    baseline: `create role app login password '${scram}'; create role team`,
    lookAlike: `create role svc login; ${entraLabel("svc")}; create role old login password '${md5}' valid until '2020-01-01'`,
    violation: 'create role "o""d ☃" login; create role pgbouncer login',
    subjects: ['role/o"d ☃', "role/pgbouncer"],
    remediation: [{ role: 'o"d ☃' }, { role: "pgbouncer" }],
  });
});

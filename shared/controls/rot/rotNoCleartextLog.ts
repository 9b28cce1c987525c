import type { RoleSetting, Setting } from "../../model/catalogEvidence.ts";
import { defineControl, type Gap, pass, subjectOf, unknownWithout, verdict } from "../control.ts";
import type { Verdict } from "../../model/finding.ts";
import { firstOf } from "../priv/applicationObjects.ts";
import { placeText, within } from "../role/roleConfigOverride.ts";
import { administratorLoginOf, passwordLogins, rotatedRoles } from "./passwordLogins.ts";

/** Settings by which a whole ALTER ROLE reaches the log; pgaudit's own classes leave out or redact passwords. */
const writesStatements: Readonly<Record<string, (value: string) => boolean>> = {
  log_statement: (value) => value.toLowerCase() !== "none",
  // Of every statement, its text beside its duration; a higher limit shows slow ones only.
  log_min_duration_statement: (value) => Number(value) === 0,
};

export const rotNoCleartextLog = defineControl({
  meta: {
    id: "rot-no-cleartext-log",
    title: "No setting writes new passwords to the log",
    severity: "high",
    requires: ["server", "settings", "roleSettings", "roles", "passwordTypes", "credentials"],
    appliesTo: ["passwordOn"],
    frameworks: {
      published: { cisPostgresql: ["3.1.25"] },
      proposed: {
        mcsb: ["LT-3", "IM-8"],
        nist80053r5: ["AU-3", "IA-5(7)", "SI-11"],
        pciDss401: ["10.3.1", "8.6.2"],
        iso27001_2022: ["A.8.15", "A.5.17"],
      },
    },
    rationale:
      "PostgreSQL logs ALTER ROLE … PASSWORD as it was typed, and the server's log goes to a workspace that many may read. pgwarden sends verifiers only, so the log may keep what it does; a password that people set by hand stands there in clear. pgAudit's class ROLE records the same statements without it.",
    remediation: {
      cli: `az postgres flexible-server parameter set -g <group> -s <server> -n log_statement --value none
az postgres flexible-server parameter set -g <group> -s <server> -n pgaudit.log --value ddl,role`,
      sql: `-- As the message says where it is set: for a role, for a role in one database, or for a database.
alter role "<role>" reset "<setting>";`,
    },
  },

  evaluate({ server, settings, roleSettings, roles, passwordTypes, credentials }) {
    const rotated = rotatedRoles(credentials, server);
    const administrator = administratorLoginOf(server);
    const { certain, doubtful } = passwordLogins(roles, passwordTypes);
    // Resource Manager sets the administrator's password, and no statement of a session.
    function namesOf(logins: typeof certain): readonly string[] {
      return logins.flatMap(({ name }) => (rotated.has(name) || name === administrator ? [] : [name]));
    }
    const [byHand, unsure] = [namesOf(certain), namesOf(doubtful)];

    function judge(subject: string, fact: string): Verdict | Gap {
      if (byHand.length === 0 && unsure[0] !== undefined)
        return unknownWithout(subject, "passwordTypes", `it has no line for role ${unsure[0]}.`);
      const whose =
        byHand.length === 0
          ? "every password is set by rotation, which sends verifiers only"
          : `whoever sets the password of ${firstOf(byHand)} by hand writes it to the log`;
      return verdict(subject, byHand.length === 0, `${fact}: ${whose}.`);
    }

    const ofServer = settings
      .filter(isWriting)
      .map(({ name, value }) => judge(subjectOf("setting", name), `Setting ${name} is "${value}"`));
    const overrides = roleSettings
      .filter(isWriting)
      .map((setting) =>
        judge(overrideSubject(setting), `Setting ${setting.name} is "${setting.value}" for ${placeText(setting)}`),
      );
    const judged = [...ofServer, ...overrides];
    return judged.length === 0 ? [pass("server", "No setting writes whole statements to the log.")] : judged;
  },
});

function isWriting({ name, value }: Pick<Setting | RoleSetting, "name" | "value">): boolean {
  return writesStatements[name.toLowerCase()]?.(value) === true;
}

function overrideSubject({ role, database, name }: RoleSetting): string {
  return subjectOf(within(within("roleSetting", role), database), name);
}

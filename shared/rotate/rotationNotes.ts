import type { Severity } from "../model/server.ts";
import type { RotationCode } from "./rotationError.ts";

/** What a code means to a person: a finding's severity and title, and what helps where the tick said nothing better. */
export interface RotationNote {
  readonly severity: Severity;
  /** States the secure state. */
  readonly title: string;
  readonly remedy: string;
}

/** Critical: consumers cannot log in. High: nothing rotates until a person acts. Low and info pass by themselves. */
export const rotationNotes = {
  VAULT_DENIED: {
    severity: "high",
    title: "Rotation may use the vault",
    remedy: "Grant the rotator getSecret, setSecret, update, readMetadata and recover on both secrets.",
  },
  VAULT_READ_ONLY: {
    severity: "high",
    title: "The vault takes new versions",
    remedy: "Wait for the end of the regional failover; an open rotation goes on by itself.",
  },
  VAULT_THROTTLED: {
    severity: "low",
    title: "The vault answers at the pace of rotation",
    remedy: "Spread the credentials over more vaults, or lower rotation.maxPerRun.",
  },
  VAULT_UNREACHABLE: {
    severity: "medium",
    title: "The vault answers",
    remedy: "Check the vault's firewall, its private endpoint and DNS from where pgwarden runs.",
  },
  SECRET_MISSING: {
    severity: "high",
    title: "The credential has a published secret",
    remedy: "Rotate it once: pgwarden rotate <credential>.",
  },
  SECRET_DELETED: {
    severity: "critical",
    title: "The secret is not deleted",
    remedy: "az keyvault secret recover --vault-name <vault> -n <secret>",
  },
  SECRET_DISABLED: {
    severity: "critical",
    title: "The newest version of the secret is enabled",
    remedy: "az keyvault secret set-attributes --vault-name <vault> -n <secret> --enabled true",
  },
  SECRET_UNREADABLE: {
    severity: "critical",
    title: "The secret holds a login",
    remedy: "Look at who wrote the newest version; then pgwarden rotate <credential>.",
  },
  SECRET_REFUSED: {
    severity: "high",
    title: "The vault accepts what rotation writes",
    remedy: "Check the secret's name, and the limits of 25 kB and 15 tags.",
  },
  VERSIONS_MANY: {
    severity: "low",
    title: "The secrets can be backed up",
    remedy: "Name another secret in pgwarden.yaml and have consumers read that one; a longer maxAge makes fewer.",
  },
  DATABASE_UNREACHABLE: {
    severity: "medium",
    title: "The server answers rotation",
    remedy: "Check firewall, DNS and state of the server from where pgwarden runs.",
  },
  DATABASE_IN_RECOVERY: {
    severity: "medium",
    title: "Rotation meets a primary server",
    remedy: "Name the primary in the credential, or wait for the end of the failover.",
  },
  DATABASE_REFUSED: {
    severity: "high",
    title: "The server lets rotation do its work",
    remedy: "Run pgwarden rotate <credential> --dry-run, which names each refusal.",
  },
  ROLE_MISSING: {
    severity: "critical",
    title: "The roles of the credential exist",
    remedy: "Create the role, or correct the credential's roles in pgwarden.yaml.",
  },
  ROLE_CANNOT_LOG_IN: {
    severity: "critical",
    title: "The published role may log in",
    remedy: 'alter role "<role>" login;',
  },
  ROLE_PRIVILEGED: {
    severity: "high",
    title: "Rotated roles are no superusers",
    remedy: 'alter role "<role>" nosuperuser noreplication nobypassrls;',
  },
  ROLE_EXPIRED: {
    severity: "critical",
    title: "VALID UNTIL outlives the password",
    remedy: "Set validFor of the credential, or alter role \"<role>\" valid until 'infinity';",
  },
  RIGHT_MISSING: {
    severity: "high",
    title: "The rotator may set the role's password",
    remedy: "pgwarden credentials init <credential> prints the grant.",
  },
  VERIFIER_REFUSED: {
    severity: "high",
    title: "The server takes SCRAM verifiers",
    remedy:
      "az postgres flexible-server parameter set -g <group> -s <server> -n credcheck.encrypted_password_allowed -v on",
  },
  SCRAM_NOT_ACCEPTED: {
    severity: "high",
    title: "The server accepts SCRAM-SHA-256",
    remedy:
      "az postgres flexible-server parameter set -g <group> -s <server> -n azure.accepted_password_auth_method -v scram-sha-256",
  },
  STATEMENTS_LOGGED: {
    severity: "low",
    title: "The log keeps no verifiers",
    remedy: "az postgres flexible-server parameter set -g <group> -s <server> -n log_statement -v none",
  },
  LEDGER_MISSING: {
    severity: "high",
    title: "The rotation ledger exists",
    remedy: "pgwarden credentials init <credential> --apply",
  },
  LEDGER_ALTERED: {
    severity: "high",
    title: "The rotation ledger is as pgwarden made it",
    remedy: "Restore the table pgwarden.ledger; pgwarden credentials init prints it.",
  },
  LOGIN_REFUSED: {
    severity: "critical",
    title: "The published password is accepted",
    remedy: "pgwarden rotate <credential> gives the role a new one.",
  },
  ARM_NOOP: {
    severity: "critical",
    title: "Azure Resource Manager changes the administrator's password",
    remedy: "az postgres flexible-server update -g <group> -n <server> --password-auth Enabled",
  },
  ARM_BUSY: {
    severity: "low",
    title: "The server is free for a change",
    remedy: "Wait for the running operation; the next tick goes on.",
  },
  ARM_DENIED: {
    severity: "high",
    title: "The administrator's rotator may write the server",
    remedy: "Assign it the custom role with Microsoft.DBforPostgreSQL/flexibleServers/write.",
  },
  ARM_REFUSED: {
    severity: "high",
    title: "Azure Resource Manager takes the administrator's password",
    remedy: "Look at the operation in the server's activity log.",
  },
  ARM_UNREACHABLE: {
    severity: "medium",
    title: "Azure Resource Manager answers",
    remedy: "Check the way to management.azure.com from where pgwarden runs.",
  },
  PASSWORD_AUTHENTICATION_OFF: {
    severity: "high",
    title: "Credentials belong to servers that accept passwords",
    remedy: "Remove the credential from pgwarden.yaml, or switch password authentication on.",
  },
  PAIR_DRIFT: {
    severity: "medium",
    title: "Both roles of the pair are alike",
    remedy: "pgwarden credentials init <credential> prints how the pair is made.",
  },
  STALE_CONSUMER: {
    severity: "medium",
    title: "Consumers have read the newest secret",
    remedy: "Have them read the secret again (restart them, or refresh their references), or end their sessions.",
  },
  REFERENCE_CONSUMER: {
    severity: "medium",
    title: "Consumers read the secret themselves",
    remedy: "Use the strategy alternating, or have the application read the secret itself.",
  },
  OUT_OF_BAND: {
    severity: "high",
    title: "Nobody but rotation sets the password",
    remedy: "Find out who set it; pgwarden rotate <credential> replaces it.",
  },
  SUPERSEDED: {
    severity: "info",
    title: "One rotation runs at a time",
    remedy: "Nothing: a newer rotation has taken its place.",
  },
  CREDENTIAL_CHANGED: {
    severity: "high",
    title: "A credential is not changed while a rotation is open",
    remedy: "Set the entry in pgwarden.yaml back until pgwarden recover has closed the rotation.",
  },
  SERVER_MISSING: {
    severity: "high",
    title: "The server of the credential is in scope",
    remedy: "Correct the credential's server, or the scope, in pgwarden.yaml.",
  },
  LEASE_LOST: {
    severity: "low",
    title: "A rotation keeps its lease",
    remedy: "Nothing: the next tick goes on.",
  },
  DEADLINE: {
    severity: "low",
    title: "A rotation ends within its time",
    remedy: "Nothing: the next tick goes on.",
  },
} satisfies Readonly<Record<RotationCode, RotationNote>>;

/** @param code as it was stored, maybe by another version of pgwarden; undefined when it is none of ours */
export function noteOf(code: string): RotationNote | undefined {
  return isCode(code) ? rotationNotes[code] : undefined;
}

function isCode(code: string): code is RotationCode {
  return Object.hasOwn(rotationNotes, code);
}

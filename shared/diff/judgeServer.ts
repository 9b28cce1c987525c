import type { Severity } from "../model/server.ts";
import type { Change } from "./changes.ts";
import { nameOf } from "./itemKey.ts";
import { type Judgement, judgement, shown } from "./judgement.ts";

interface Reading {
  readonly severity: Severity;
  readonly meaning?: string;
}

/** What a server property is called, and how its new value is read. */
interface Property {
  readonly words: string;
  readonly read: (after: unknown, before: unknown) => Reading;
}

function whenIs(value: string, grave: Reading, otherwise: Reading): Property["read"] {
  return (after) => (after === value ? grave : otherwise);
}

function always(severity: Severity, meaning?: string): Property["read"] {
  return () => (meaning === undefined ? { severity } : { severity, meaning });
}

const properties: Readonly<Record<string, Property>> = {
  publicNetworkAccess: {
    words: "Public network access",
    read: whenIs(
      "Disabled",
      { severity: "info", meaning: "the public endpoint is closed now" },
      { severity: "high", meaning: "the firewall rules are all that stands before the server now" },
    ),
  },
  passwordAuthentication: {
    words: "Password authentication",
    read: whenIs(
      "Disabled",
      { severity: "info", meaning: "passwords are not accepted now" },
      { severity: "high", meaning: "logins with a password are accepted now" },
    ),
  },
  entraAuthentication: {
    words: "Entra authentication",
    read: whenIs(
      "Enabled",
      { severity: "low", meaning: "Entra principals may log in now" },
      { severity: "high", meaning: "only passwords remain" },
    ),
  },
  tenantId: {
    words: "The Entra tenant",
    read: always("critical", "principals of another tenant may log in now"),
  },
  administratorLogin: { words: "The administrator login", read: always("high") },
  delegatedSubnetId: { words: "The delegated subnet", read: always("high", "other networks reach the server now") },
  privateDnsZoneId: { words: "The private DNS zone", read: always("medium") },
  fqdn: { words: "The host name", read: always("medium") },
  encryptionType: {
    words: "Encryption at rest",
    read: whenIs(
      "AzureKeyVault",
      { severity: "low", meaning: "a customer's key protects the data now" },
      { severity: "medium", meaning: "no customer's key protects the data now" },
    ),
  },
  encryptionKeyUri: { words: "The encryption key", read: always("medium") },
  encryptionKeyStatus: {
    words: "The encryption key's status",
    read: whenIs("Valid", { severity: "info" }, { severity: "medium", meaning: "the server may become inaccessible" }),
  },
  backupRetentionDays: {
    words: "Backup retention in days",
    read: (after, before) =>
      typeof after === "number" && typeof before === "number" && after > before
        ? { severity: "info" }
        : { severity: "medium", meaning: "older backups are gone sooner" },
  },
  geoRedundantBackup: {
    words: "Geo-redundant backup",
    read: whenIs("Enabled", { severity: "info" }, { severity: "medium", meaning: "backups stay in one region now" }),
  },
  highAvailabilityMode: {
    words: "High availability",
    read: whenIs("Disabled", { severity: "medium", meaning: "no standby takes over now" }, { severity: "info" }),
  },
  replicationRole: { words: "The replication role", read: always("medium") },
  sourceServerId: { words: "The source server", read: always("medium") },
  version: { words: "The PostgreSQL version", read: always("info") },
  skuName: { words: "The compute size", read: always("info") },
  skuTier: { words: "The compute tier", read: always("info") },
};

export function judgeServer({ key, before, after }: Change): Judgement {
  const name = nameOf(key);
  const { words, read } = properties[name] ?? { words: `Server property ${name}`, read: always("low") };
  const { severity, meaning } = read(after, before);
  const consequence = meaning === undefined ? "" : `: ${meaning}`;
  return judgement(severity, `${words} changed from ${shown(before)} to ${shown(after)}${consequence}.`);
}

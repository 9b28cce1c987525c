import type { Credential } from "./credential.ts";
import type { Policy } from "./policy.ts";
import type { Waiver } from "./finding.ts";

/** `pgwarden.yaml`, complete: every default filled in. */
export interface Config {
  readonly scope: {
    readonly subscriptions: readonly string[];
    readonly managementGroups: readonly string[];
    /** `resourceGraph` asks once for all; `list` asks each named subscription. */
    readonly discovery: "resourceGraph" | "list";
    readonly exclude: { readonly names: readonly string[]; readonly tags: Readonly<Record<string, string>> };
  };
  readonly databases: { readonly exclude: readonly string[] };
  /** How pgwarden logs in: the PostgreSQL role of its managed identity, and the database it starts from. */
  readonly postgres: {
    readonly role: string;
    readonly database: string;
    /** The role of the identity that rotates; it is another one than the scanner's. */
    readonly rotatorRole: string;
  };
  readonly policy: Policy;
  readonly waivers: readonly Waiver[];
  /** Unique names; no secret and no role of a server stands in two of them. */
  readonly credentials: readonly Credential[];
  readonly rotation: {
    /** Rotations that one tick of the rotate timer begins at most. */
    readonly maxPerRun: number;
  };
  /** NCRONTAB in UTC. */
  readonly schedule: { readonly scan: string; readonly rotate: string; readonly recover: string };
  readonly publish: {
    /** Null: rows are spooled only. */
    readonly logAnalytics: { readonly endpoint: string; readonly ruleId: string } | null;
    readonly audit: { readonly container: string };
    readonly state: { readonly container: string };
  };
}

/** Where a host name leads: what DNS says of it, and what to connect to per port (tunnels, local servers). */
export interface HostOverride {
  readonly addresses: readonly string[];
  /** Port number as text → `host:port`. */
  readonly connect: Readonly<Record<string, string>>;
}

/** Endpoints and identity, from environment variables only. */
export interface Environment {
  readonly configPath: string;
  readonly armEndpoint: string;
  readonly logsEndpoint: string;
  readonly blobEndpoint: string;
  readonly queueEndpoint: string;
  /** PEM file with further trusted roots, or null. */
  readonly caFile: string | null;
  readonly managedIdentityClientId: string | null;
  /** The identity that changes passwords; `managedIdentityClientId` where none is given. */
  readonly rotatorClientId: string | null;
  /** The one that may change servers in Azure Resource Manager; `managedIdentityClientId` where none is given. */
  readonly adminRotatorClientId: string | null;
  /** `managed`: the platform's identity; `developer`: whoever signed in on this machine. */
  readonly identity: "managed" | "developer";
  /** Keyed by lower-case host name. */
  readonly hosts: Readonly<Record<string, HostOverride>>;
  /** What triggers the scan timer; null: the configuration's own `schedule.scan`. */
  readonly scanSchedule: string | null;
  /** As `scanSchedule`, for `schedule.rotate`. */
  readonly rotateSchedule: string | null;
  /** As `scanSchedule`, for `schedule.recover`. */
  readonly recoverSchedule: string | null;
  /** Where rows go, over the configuration's own `publish.logAnalytics`; null: as that says. */
  readonly logAnalytics: { readonly endpoint: string; readonly ruleId: string } | null;
  /** True behind App Service authentication: only then `x-ms-client-principal` is believed. */
  readonly platformAuthentication: boolean;
}

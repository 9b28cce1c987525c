import { createHash } from "node:crypto";
import type { Credential, SecretRef } from "../model/credential.ts";
import { durationMs } from "./allowedValues.ts";
import type { CredentialEntry } from "./credentialSchema.ts";

/** Limits of the control `rot-secret-age`. */
const defaultMaxAge = { alternating: "90d", single: "90d", admin: "30d" } as const;

/** Above the day that a reference may be old, with the lifetime of a pool's connections on top. */
const defaultOverlap = "48h";

const pendingSuffix = "--next";

/**
 * A credential with every default filled in.
 *
 * @param jitterMs up to so much comes off the maximum age, by the name: credentials that were taken over together then
 * do not fall due together. Never added, or a password would grow older than what was asked for
 */
export function credentialOf(entry: CredentialEntry, jitterMs: number): Credential {
  const { name, strategy, secret, pending, window, validFor } = entry;
  const maxAgeMs = durationMs(entry.maxAge ?? defaultMaxAge[strategy]);
  const overlapMs = strategy === "alternating" ? durationMs(entry.overlap ?? defaultOverlap) : 0;
  const published = secretRef(secret.vault, secret.name);
  return {
    name,
    server: entry.server.toLowerCase(),
    strategy,
    roles: entry.roles,
    owner: entry.owner ?? null,
    database: entry.database,
    published,
    pending: secretRef(pending.vault ?? secret.vault, pending.name ?? secret.name + pendingSuffix),
    format: entry.format,
    consumers: entry.consumers,
    maxAgeMs: maxAgeMs - Math.round(shareOf(name) * longestJitter(jitterMs, maxAgeMs, overlapMs)),
    overlapMs,
    window: window === undefined ? null : { opens: window.opens, durationMs: durationMs(window.lasts) },
    passwordLength: entry.passwordLength,
    outOfBand: entry.outOfBand,
    validForMs: validFor === undefined ? null : durationMs(validFor),
    enabled: entry.enabled,
  };
}

function secretRef(vault: string, name: string): SecretRef {
  return { vault: vault.toLowerCase().replace(/\/$/, ""), name };
}

/** Less for a credential that is rotated often, and for a pair that must rest for most of its life. */
function longestJitter(jitterMs: number, maxAgeMs: number, overlapMs: number): number {
  return Math.min(jitterMs, maxAgeMs / 10, Math.max(0, maxAgeMs - overlapMs) / 2);
}

/** From 0 to below 1, the same for a name at any time. */
function shareOf(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) / 2 ** 32;
}

import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import * as v from "valibot";
import type { DeletedSecretState, SecretState, SecretVersionState, VaultState } from "../azureState.ts";
import { type EmulatorContext, type EmulatorEnv, originOf } from "../emulatorContext.ts";
import { badParameter, KeyVaultRefusal, secretNotFound } from "./keyVaultRefusal.ts";

const NAME = /^[0-9a-zA-Z-]{1,127}$/;
const RECOVERY = { recoveryLevel: "Recoverable+Purgeable", recoverableDays: 90 };
const WRITE_LIMIT = 300;
const WRITE_WINDOW_MS = 10_000;

/** Seconds since 1970. */
const Time = v.pipe(v.number(), v.integer(), v.minValue(0));

export const Attributes = v.object({
  enabled: v.optional(v.boolean()),
  nbf: v.optional(v.nullable(Time)),
  exp: v.optional(v.nullable(Time)),
});

const TagText = v.pipe(v.string(), v.maxLength(256));

export const Tags = v.pipe(v.record(TagText, TagText), v.maxEntries(15));

export const ContentType = v.pipe(v.string(), v.maxLength(255));

/** As sent, and refused when the service would not take it. */
export function secretName(sent: string): string {
  if (NAME.test(sent)) return sent;
  throw badParameter(`The request URI contains an invalid name: ${sent}`);
}

/** @param wanted undefined for the newest version */
export function secretVersion(
  vault: VaultState,
  name: string,
  wanted: string | undefined,
): { readonly secret: SecretState; readonly version: SecretVersionState } {
  const secret = vault.secrets.get(name.toLowerCase());
  const version =
    wanted === undefined ? secret?.versions.at(-1) : secret?.versions.find(({ version }) => version === wanted);
  if (secret !== undefined && version !== undefined) return { secret, version };
  throw secretNotFound(wanted === undefined ? name : `${name}/${wanted}`);
}

export function newVersion(seconds: number): SecretVersionState {
  return {
    version: randomBytes(16).toString("hex"),
    value: "",
    contentType: null,
    enabled: true,
    created: seconds,
    updated: seconds,
    notBefore: null,
    expires: null,
    tags: {},
  };
}

/** Sets what the request gives and leaves the rest. */
export function setAttributes(version: SecretVersionState, attributes: v.InferOutput<typeof Attributes>): void {
  const { enabled, nbf, exp } = attributes;
  if (enabled !== undefined) version.enabled = enabled;
  if (nbf !== undefined) version.notBefore = nbf;
  if (exp !== undefined) version.expires = exp;
}

/** 300 sets in ten seconds per vault. */
export function takeWrite({ state, now }: EmulatorContext): void {
  const { vault } = state;
  const at = now().getTime();
  vault.writes = vault.writes.filter((time) => time > at - WRITE_WINDOW_MS);
  const oldest = vault.writes[0];
  if (oldest !== undefined && vault.writes.length >= WRITE_LIMIT) {
    const seconds = Math.ceil((oldest + WRITE_WINDOW_MS - at) / 1000);
    const message =
      "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached";
    throw new KeyVaultRefusal(429, "Throttled", message, { headers: { "retry-after": String(seconds) } });
  }
  vault.writes.push(at);
}

export function requireNotDeleted(vault: VaultState, name: string): void {
  if (!vault.deleted.has(name.toLowerCase())) return;
  const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`;
  throw new KeyVaultRefusal(409, "Conflict", message, { inner: "ObjectIsDeletedButRecoverable" });
}

export function isRecovering({ state, now }: EmulatorContext, name: string): boolean {
  return (state.vault.recovering.get(name.toLowerCase()) ?? 0) > now().getTime();
}

/** While a recovery goes on, reads find nothing and changes are refused. */
export function requireRecovered(context: EmulatorContext, name: string): void {
  if (!isRecovering(context, name)) return;
  const message = `Secret ${name} is currently being recovered.`;
  throw new KeyVaultRefusal(409, "Conflict", message, { inner: "ObjectIsBeingRecovered" });
}

export function attributesBody({ enabled, notBefore, expires, created, updated }: SecretVersionState): object {
  return {
    enabled,
    ...(notBefore === null ? {} : { nbf: notBefore }),
    ...(expires === null ? {} : { exp: expires }),
    created,
    updated,
    ...RECOVERY,
  };
}

/** A version without its value. */
export function propertiesBody(c: Context<EmulatorEnv>, secret: SecretState, version: SecretVersionState): object {
  const before = secret.versions[secret.versions.indexOf(version) - 1];
  const apiVersion = c.req.query("api-version") ?? "";
  return {
    ...(version.contentType === null ? {} : { contentType: version.contentType }),
    id: `${originOf(c)}/secrets/${secret.name}/${version.version}`,
    // Since 2025-07-01; the numbered versions do not know it.
    ...(before === undefined || apiVersion.startsWith("7.") ? {} : { previousVersion: before.version }),
    attributes: attributesBody(version),
    ...tagsBody(version),
  };
}

export function secretBody(c: Context<EmulatorEnv>, secret: SecretState, version: SecretVersionState): object {
  return { value: version.value, ...propertiesBody(c, secret, version) };
}

/** An entry of the list of secrets: the current version's properties under an id without a version. */
export function itemBody(c: Context<EmulatorEnv>, { name, versions }: SecretState): object {
  const current = versions.at(-1);
  if (current === undefined) throw new Error(`Secret ${name} has no version.`);
  return {
    ...(current.contentType === null ? {} : { contentType: current.contentType }),
    id: `${originOf(c)}/secrets/${name}`,
    attributes: attributesBody(current),
    ...tagsBody(current),
  };
}

export function deletedItemBody(c: Context<EmulatorEnv>, { secret, deletedAt, purgeAt }: DeletedSecretState): object {
  return { ...deletionBody(c, secret.name, deletedAt, purgeAt), ...itemBody(c, secret) };
}

export function deletedBody(c: Context<EmulatorEnv>, { secret, deletedAt, purgeAt }: DeletedSecretState): object {
  const current = secret.versions.at(-1);
  if (current === undefined) throw new Error(`Secret ${secret.name} has no version.`);
  return { ...deletionBody(c, secret.name, deletedAt, purgeAt), ...propertiesBody(c, secret, current) };
}

function deletionBody(c: Context<EmulatorEnv>, name: string, deletedAt: number, purgeAt: number): object {
  const recoveryId = `${originOf(c)}/deletedsecrets/${name}`;
  return { recoveryId, deletedDate: deletedAt, scheduledPurgeDate: purgeAt };
}

function tagsBody({ tags }: SecretVersionState): object {
  return Object.keys(tags).length === 0 ? {} : { tags };
}

/** The body, or 400 in Key Vault's words. */
export async function keyVaultBody<const S extends v.GenericSchema>(
  c: Context<EmulatorEnv>,
  schema: S,
): Promise<v.InferOutput<S>> {
  const text = await c.req.text();
  if (text === "") throw badParameter("Request body not specified.");
  const body = v.safeParse(
    schema,
    await Promise.resolve(text)
      .then(JSON.parse)
      .catch(() => undefined),
  );
  if (body.success) return body.output;
  const path = body.issues[0].path?.map(({ key }) => String(key)).join(".") ?? "";
  throw badParameter(`Property ${path} has invalid value`);
}

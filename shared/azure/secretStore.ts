import type { TokenCredential } from "@azure/core-auth";
import type { KeyVaultSecret, SecretProperties } from "@azure/keyvault-secrets";
import type { SecretRef } from "../model/credential.ts";
import { SecretValue } from "../model/secretValue.ts";
import type { LatestSecret, SecretFacts, SecretStore, StoredSecret } from "../rotate/ports.ts";
import { RotationError } from "../rotate/rotationError.ts";
import { azureFault } from "./azureFault.ts";
import { checkContent, checkName } from "./secretLimits.ts";
import { callTrace, type TracedCall } from "./tracedCalls.ts";
import { vaultClients } from "./vaultClients.ts";
import { innerCodeOf, saysReadOnly, vaultFault, type VaultVerb } from "./vaultFault.ts";

export interface SecretStoreOptions {
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicMs: () => number;
  /** Of one request. */
  readonly timeoutMs?: number;
}

/** A recovered secret is neither among the secrets nor among the deleted ones for a while; not longer than this. */
const recoveryMs = 120_000;

/**
 * Secrets of any number of vaults, for one identity.
 *
 * A request is repeated twice at most, within some two seconds. A write whose answer was lost and that is sent again
 * makes a twin: a second version with the same value and tags, which the protocol tolerates (rotation.md, "PUT is not
 * idempotent"). The effect of an error is `unknown` if any try of a change may have arrived without its answer coming
 * back, whatever a later try was told.
 */
export function secretStore(
  credential: TokenCredential,
  { monotonicMs, timeoutMs = 10_000 }: SecretStoreOptions,
): SecretStore {
  const trace = callTrace(({ status, bodyAsText }) => saysReadOnly(status, bodyAsText ?? ""));
  const clientOf = vaultClients(credential, trace);
  const recovered = new Map<string, number>();
  const requestOptions = { timeout: timeoutMs };

  function isRecovering(secret: SecretRef): boolean {
    const since = recovered.get(keyOf(secret));
    return since !== undefined && monotonicMs() - since < recoveryMs;
  }

  async function reading<T>(
    secret: SecretRef,
    verb: VaultVerb,
    signal: AbortSignal,
    read: () => Promise<T>,
  ): Promise<T> {
    try {
      checkName(secret, verb);
      signal.throwIfAborted();
      return await read();
    } catch (error) {
      throw vaultFault(error, { secret, verb, isUnsure: false }, signal);
    }
  }

  async function changing<T>(
    secret: SecretRef,
    verb: VaultVerb,
    signal: AbortSignal,
    change: (call: TracedCall) => Promise<T>,
  ): Promise<T> {
    const call = trace.begin(signal);
    try {
      checkName(secret, verb);
      signal.throwIfAborted();
      return await change(call);
    } catch (error) {
      throw vaultFault(error, { secret, verb, isUnsure: call.isUnsure || call.isDone }, signal);
    }
  }

  async function whereGone(secret: SecretRef, signal: AbortSignal): Promise<LatestSecret> {
    try {
      await clientOf(secret.vault).getDeletedSecret(secret.name, { abortSignal: signal, requestOptions });
      return { state: "deleted" };
    } catch (error) {
      if (azureFault(error).statusCode !== 404) throw error;
      return { state: isRecovering(secret) ? "recovering" : "absent" };
    }
  }

  return {
    readLatest: (secret, signal) =>
      reading(secret, "read", signal, async () => {
        const options = { abortSignal: signal, requestOptions };
        try {
          const found = await clientOf(secret.vault).getSecret(secret.name, options);
          recovered.delete(keyOf(secret));
          return { state: "present", secret: storedSecret(found, secret) };
        } catch (error) {
          const { statusCode } = azureFault(error);
          const inner = innerCodeOf(error);
          if (statusCode === 403 && inner === "SecretDisabled") return { state: "disabled" };
          if (statusCode === 409 && inner === "ObjectIsBeingRecovered") return { state: "recovering" };
          if (statusCode !== 404) throw error;
        }
        return whereGone(secret, signal);
      }),

    readVersion: (secret, version, signal) =>
      reading(secret, "read", signal, async () =>
        storedSecret(
          await clientOf(secret.vault).getSecret(secret.name, { version, abortSignal: signal, requestOptions }),
          secret,
        ),
      ),

    versions: (secret, signal) =>
      reading(secret, "listed", signal, async () => {
        const facts: SecretFacts[] = [];
        try {
          const options = { abortSignal: signal, requestOptions };
          for await (const properties of clientOf(secret.vault).listPropertiesOfSecretVersions(secret.name, options)) {
            facts.push(factsOf(properties, secret));
          }
          return facts;
        } catch (error) {
          if (azureFault(error).statusCode === 404) return [];
          throw error;
        }
      }),

    write: (secret, content, signal) =>
      changing(secret, "written", signal, async (call) => {
        checkContent(secret, content);
        const { value, contentType, tags, expiresAt } = content;
        const { properties } = await clientOf(secret.vault).setSecret(secret.name, value.reveal(), {
          contentType,
          tags: { ...tags },
          ...(expiresAt !== null && { expiresOn: new Date(expiresAt) }),
          abortSignal: call.signal,
          requestOptions,
        });
        return factsOf(properties, secret, "applied");
      }),

    update: (secret, version, { tags, enabled }, signal) =>
      changing(secret, "changed", signal, async (call) => {
        await clientOf(secret.vault).updateSecretProperties(secret.name, version, {
          tags: { ...tags },
          ...(enabled !== undefined && { enabled }),
          abortSignal: call.signal,
          requestOptions,
        });
      }),

    recover: (secret, signal) =>
      changing(secret, "recovered", signal, async (call) => {
        const options = { abortSignal: call.signal, requestOptions };
        try {
          await clientOf(secret.vault).beginRecoverDeletedSecret(secret.name, options);
        } catch (error) {
          // The client looks at once whether it is there; what matters is that the recovery has begun.
          if (!call.isDone && innerCodeOf(error) !== "ObjectIsBeingRecovered") throw error;
        }
        recovered.set(keyOf(secret), monotonicMs());
      }),
  };
}

function keyOf({ vault, name }: SecretRef): string {
  return `${vault} ${name.toLowerCase()}`;
}

function storedSecret({ value, properties }: KeyVaultSecret, secret: SecretRef): StoredSecret {
  if (value === undefined) throw unreadable(secret, "without a value", "none");
  return { ...factsOf(properties, secret), value: new SecretValue(value) };
}

type Effect = RotationError["effect"];

function factsOf(properties: SecretProperties, secret: SecretRef, effect: Effect = "none"): SecretFacts {
  const { version, enabled, contentType, tags, createdOn, expiresOn } = properties;
  if (version === undefined || createdOn === undefined) throw unreadable(secret, "without a version or a date", effect);
  return {
    version,
    enabled: enabled ?? true,
    contentType: contentType ?? null,
    tags: tags ?? {},
    createdAt: createdOn.toISOString(),
    expiresAt: expiresOn?.toISOString() ?? null,
  };
}

function unreadable({ name, vault }: SecretRef, how: string, effect: Effect): RotationError {
  return new RotationError(`Secret ${name} of ${vault} was given ${how}.`, { code: "SECRET_UNREADABLE", effect });
}

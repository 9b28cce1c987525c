import { SecretValue } from "../../shared/model/secretValue.ts";
import type { SecretRef } from "../../shared/model/credential.ts";
import type { SecretFacts, SecretStore } from "../../shared/rotate/ports.ts";
import { RotationError, type RotationCode } from "../../shared/rotate/rotationError.ts";
import type { FakeSecret, FakeVersion, RotationState } from "./rotationState.ts";

/** Key Vault as a rotation knows it: the newest version is current, and nothing is conditional. */
export function memoryKeyVault(state: RotationState): SecretStore {
  function find({ name }: SecretRef): FakeSecret | undefined {
    return state.vault.get(name.toLowerCase());
  }

  function reads(): void {
    if (state.vaultMode === "unreachable") refuse("VAULT_UNREACHABLE");
  }

  function writes(): void {
    reads();
    if (state.vaultMode === "readOnly") refuse("VAULT_READ_ONLY");
    if (state.vaultMode === "denied") refuse("VAULT_DENIED");
  }

  return {
    readLatest(secret) {
      return answer(() => {
        reads();
        const found = find(secret);
        const newest = found?.versions.at(-1);
        if (found === undefined || newest === undefined) return { state: "absent" };
        if (found.state !== "live") return { state: found.state };
        if (!newest.enabled) return { state: "disabled" };
        return { state: "present", secret: { ...factsOf(newest), value: new SecretValue(newest.value) } };
      });
    },
    readVersion(secret, version) {
      return answer(() => {
        reads();
        const found = find(secret);
        const stored = found?.versions.find((candidate) => candidate.version === version);
        if (found?.state !== "live" || stored?.enabled !== true) return refuse("SECRET_MISSING");
        return { ...factsOf(stored), value: new SecretValue(stored.value) };
      });
    },
    versions(secret) {
      return answer(() => {
        reads();
        const found = find(secret);
        // In no order that means anything.
        return found?.state === "live" ? found.versions.map(factsOf).toReversed() : [];
      });
    },
    write(secret, content) {
      return answer(() => {
        writes();
        const found = find(secret) ?? { versions: [], state: "live" };
        if (found.state !== "live") refuse("SECRET_DELETED");
        const stored: FakeVersion = {
          version: String(found.versions.length + 1).padStart(32, "0"),
          value: content.value.reveal(),
          contentType: content.contentType,
          tags: { ...content.tags },
          enabled: true,
          createdAt: new Date(Math.floor(state.nowMs / 1000) * 1000).toISOString(),
          expiresAt: content.expiresAt,
        };
        found.versions.push(stored);
        state.vault.set(secret.name.toLowerCase(), found);
        return factsOf(stored);
      });
    },
    update(secret, version, { tags, enabled }) {
      return answer(() => {
        writes();
        const stored = find(secret)?.versions.find((candidate) => candidate.version === version);
        if (stored === undefined) return refuse("SECRET_MISSING");
        stored.tags = { ...tags };
        if (enabled !== undefined) stored.enabled = enabled;
      });
    },
    recover(secret) {
      return answer(() => {
        writes();
        const found = find(secret);
        if (found?.state !== "deleted") return refuse("SECRET_MISSING");
        found.state = "live";
      });
    },
  };
}

function factsOf({ version, enabled, contentType, tags, createdAt, expiresAt }: FakeVersion): SecretFacts {
  return { version, enabled, contentType, tags: { ...tags }, createdAt, expiresAt };
}

function refuse(code: RotationCode): never {
  throw new RotationError(`The vault refused: ${code}.`, { code, effect: "none" });
}

/** Answers later, as a service does. */
function answer<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}

import { setTimeout } from "node:timers/promises";
import type { SecretClient } from "@azure/keyvault-secrets";
import { type DatabaseLogin, parseLogin } from "./databaseLogin.ts";

export interface LoginSource {
  /**
   * What the secret held a short while ago. A vault that does not answer is no reason to fail once a login is known.
   *
   * @throws the vault's error when nothing was ever read
   */
  current(): Promise<DatabaseLogin>;
  /**
   * What the secret holds now that `refused` was refused. The same login comes back when it is still there after
   * `patienceMs`.
   */
  after(refused: DatabaseLogin, patienceMs: number): Promise<DatabaseLogin>;
}

export interface LoginSourceOptions {
  /** How old an answer may be. It is also how long the application goes on with the role before, so keep it short. */
  readonly freshForMs?: number;
  /** How long a vault that failed is left in peace. */
  readonly restMs?: number;
}

/** Between two looks at a secret whose login was refused: from COMMIT to publication it takes a fraction of a second. */
const betweenReadsMs = 250;

/** Reads one secret, always without a version: a pinned one would break with the next rotation but one. */
export function loginSource(
  client: Pick<SecretClient, "getSecret">,
  name: string,
  { freshForMs = 60_000, restMs = 10_000 }: LoginSourceOptions = {},
): LoginSource {
  let known: DatabaseLogin | undefined;
  let freshUntil = 0;
  let reading: Promise<DatabaseLogin> | undefined;

  async function ask(): Promise<DatabaseLogin> {
    const { value = "", properties } = await client.getSecret(name);
    known = parseLogin(name, properties.version ?? "", value);
    freshUntil = performance.now() + freshForMs;
    return known;
  }

  /** Many connections want the secret at once; one request serves them all. */
  function read(): Promise<DatabaseLogin> {
    reading ??= ask().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function readOr(fallback: DatabaseLogin): Promise<DatabaseLogin> {
    try {
      return await read();
    } catch {
      freshUntil = performance.now() + restMs;
      return fallback;
    }
  }

  return {
    async current() {
      if (known === undefined) return await read();
      return performance.now() < freshUntil ? known : await readOr(known);
    },

    async after(refused, patienceMs) {
      // Another connection was refused before this one, and has read it already.
      if (known !== undefined && known.version !== refused.version) return known;
      const endsAt = performance.now() + patienceMs;
      for (;;) {
        const login = await readOr(refused);
        if (login.version !== refused.version || performance.now() + betweenReadsMs > endsAt) return login;
        await setTimeout(betweenReadsMs);
      }
    },
  };
}

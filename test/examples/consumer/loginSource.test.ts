import { describe, expect, it } from "@jest/globals";
import { loginSource } from "../../../examples/consumer/loginSource.ts";

interface FakeVault {
  version: number;
  isDown: boolean;
  reads: number;
  value(version: number): string;
}

function vault(): FakeVault {
  return {
    version: 1,
    isDown: false,
    reads: 0,
    value: (version) =>
      JSON.stringify({ username: "app_a", password: `p${version}`, host: "h", port: 5432, database: "shop" }),
  };
}

function sourceOver(state: FakeVault, options: { freshForMs?: number; restMs?: number } = {}) {
  const client = {
    async getSecret(name: string) {
      state.reads += 1;
      await Promise.resolve();
      if (state.isDown) throw new Error("down");
      const version = `v${state.version}`;
      return { name, value: state.value(state.version), properties: { vaultUrl: "https://v", name, version } };
    },
  };
  return loginSource(client, "shop", options);
}

describe("loginSource", () => {
  it("asks once for many connections, and again when the answer is no longer fresh", async () => {
    const state = vault();
    const [cached, impatient] = [sourceOver(state), sourceOver(state, { freshForMs: 0 })];

    await Promise.all([cached.current(), cached.current(), cached.current()]);
    await cached.current();
    expect(state.reads).toBe(1);

    await impatient.current();
    state.version = 2;
    expect((await impatient.current()).password).toBe("p2");
    expect(state.reads).toBe(3);
  });

  it("goes on with the login it knows while the vault is down, and leaves the vault in peace", async () => {
    const state = vault();
    const source = sourceOver(state, { freshForMs: 0, restMs: 60_000 });
    await source.current();
    state.isDown = true;

    const logins = [await source.current(), await source.current()];

    expect(logins.map(({ version }) => version)).toEqual(["v1", "v1"]);
    expect(state.reads).toBe(2);
  });

  it("fails while nothing was ever read, and mends itself", async () => {
    const state = vault();
    state.isDown = true;
    const source = sourceOver(state);
    await expect(source.current()).rejects.toThrow("down");

    state.isDown = false;

    expect((await source.current()).version).toBe("v1");
  });

  it("waits after a refused login until the secret has changed", async () => {
    const state = vault();
    const source = sourceOver(state);
    const refused = await source.current();
    const next = source.after(refused, 60_000);
    state.version = 2;

    expect((await next).version).toBe("v2");
    // Whoever was refused with the old one too is served without another request.
    const reads = state.reads;
    expect((await source.after(refused, 60_000)).version).toBe("v2");
    expect(state.reads).toBe(reads);
  });

  it("gives back the same login when the secret does not change in time", async () => {
    const source = sourceOver(vault());
    const refused = await source.current();

    expect(await source.after(refused, 0)).toEqual(refused);
  });

  it.each(["Hunter2-bare-password", '{"username":"app_a","password":"Hunter2"}', "[]", "null"])(
    "quotes nothing of a value that is not a login: %s",
    async (value) => {
      const state = { ...vault(), value: () => value };

      const message = await sourceOver(state)
        .current()
        .then(
          () => "",
          (error: unknown) => String(error),
        );

      expect(message).toBe("Error: Version v1 of secret shop is not a login that pgwarden wrote as JSON.");
    },
  );
});

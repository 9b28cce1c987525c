import { describe, expect, it } from "@jest/globals";
import { credentialOf, emptyState, portsOf, runTick, server, settledState, tickAfter } from "./rotationWorld.ts";

describe("what a tick saw", () => {
  it("is the published version, its tags and the ledger, and no value", async () => {
    const credential = credentialOf("single");
    const state = await settledState(credential);

    const { seen } = await tickAfter(state, credential, "recover");

    const [, stored] = state.vault.get(credential.published.name)?.versions ?? [];
    const ledger = state.ledger?.get(credential.name);
    expect(seen).toEqual({
      secret: "present",
      published: {
        version: stored?.version,
        user: "app_a",
        key: { generation: 2, rotationId: ledger?.rotationId },
        createdAt: stored?.createdAt,
        expiresAt: stored?.expiresAt,
        tags: {
          server: server.name,
          user: "app_a",
          rotatedAt: stored?.tags["pgwarden-rotated-at"],
          rotationId: ledger?.rotationId,
        },
        suspectTags: [],
      },
      intents: [],
      strangeVersions: [],
      ledger,
    });
    const { password } = JSON.parse(stored?.value ?? "{}") as { password: string };
    expect(password).toHaveLength(40);
    expect(JSON.stringify(seen)).not.toContain(password);
  });

  it("names the rotation that it could not finish, opened after its last look", async () => {
    const credential = credentialOf("single");
    const state = await settledState(credential);
    const ports = portsOf(state);
    const write = ports.secrets.write.bind(ports.secrets);
    const secrets: typeof ports.secrets = {
      ...ports.secrets,
      write(secret, content, signal) {
        if (secret.name === credential.published.name) state.vaultMode = "unreachable";
        return write(secret, content, signal);
      },
    };

    const { report } = await runTick({ credential, wish: "rotateNow" }, { ...ports, secrets });

    expect(report.state).not.toBe("rotated");
    expect(report.seen?.intents).toEqual(
      report.intent === null
        ? []
        : [{ ...report.intent.key, role: report.intent.role, createdAt: report.intent.createdAt }],
    );
    expect(report.intent).not.toBeNull();
  });

  it("is nothing where the vault does not answer", async () => {
    const state = emptyState();
    state.vaultMode = "unreachable";

    expect((await tickAfter(state, credentialOf("single"), "recover")).seen).toBeNull();
  });

  it("is an absent secret where none was ever published", async () => {
    const { seen } = await tickAfter(emptyState(), credentialOf("admin"), "recover");

    expect(seen).toMatchObject({ secret: "absent", published: null, intents: [], ledger: null });
  });
});

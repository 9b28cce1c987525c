import { describe, expect, it } from "@jest/globals";
import { CollectError } from "../../shared/collect/collectError.ts";
import { type CredentialServerPorts, findCredentialServer } from "../../shared/inventory/credentialServers.ts";
import type { CredentialServer } from "../../shared/model/credential.ts";
import type { ServerRef } from "../../shared/model/server.ts";
import { serverRef } from "../builders.ts";
import { type MemoryArm, memoryArm } from "../fakes/memoryArm.ts";

const forever = new AbortController().signal;
const credential = { name: "orders-app", server: "orders" };
const { id } = serverRef();
const known: CredentialServer = {
  id,
  name: "Orders",
  host: "orders.postgres.database.azure.com",
  administratorLogin: "pgadmin",
};

function body(override: object = {}, properties: object = {}): unknown {
  return {
    id,
    name: "Orders",
    location: "westeurope",
    properties: {
      version: "17",
      state: "Ready",
      fullyQualifiedDomainName: known.host,
      administratorLogin: "pgadmin",
      ...properties,
    },
    ...override,
  };
}

interface World extends CredentialServerPorts {
  readonly arm: MemoryArm;
  readonly memories: Map<string, CredentialServer>;
  servers: readonly ServerRef[];
  coverage: readonly string[];
  /** How often discovery was asked, and how often the memory was written. */
  readonly count: { discoveries: number; writes: number };
}

function world(remembered: CredentialServer | null = null): World {
  const memories = new Map(remembered === null ? [] : [["orders-app", remembered]]);
  const made: World = {
    arm: memoryArm({ [id]: body() }),
    memories,
    servers: [serverRef({ name: "Orders", id }), serverRef({ name: "orders-eu" })],
    coverage: [],
    count: { discoveries: 0, writes: 0 },
    memory: {
      read: (name) => Promise.resolve(memories.get(name)),
      write(name, server) {
        made.count.writes += 1;
        memories.set(name, server);
        return Promise.resolve();
      },
    },
    discover() {
      made.count.discoveries += 1;
      return Promise.resolve({ servers: made.servers, coverage: made.coverage });
    },
  };
  return made;
}

describe("findCredentialServer", () => {
  it("finds the server by its name in any case, and remembers it", async () => {
    const ports = world();

    expect(await findCredentialServer(credential, false, ports, forever)).toEqual({ state: "found", server: known });
    expect(ports.memories.get("orders-app")).toEqual(known);
  });

  it("asks nobody when it remembers the server and a fresh answer is not needed", async () => {
    const ports = world(known);

    expect(await findCredentialServer(credential, false, ports, forever)).toEqual({ state: "found", server: known });
    expect([ports.count.discoveries, ports.arm.log]).toEqual([0, []]);
  });

  it("asks the server itself for a fresh answer, and writes nothing when it is the same", async () => {
    const ports = world(known);

    await findCredentialServer(credential, true, ports, forever);

    expect(ports.arm.log).toEqual([id]);
    expect(ports.count).toEqual({ discoveries: 0, writes: 0 });
  });

  it("remembers what a fresh answer says otherwise", async () => {
    const ports = world(known);
    ports.arm.bodies.set(id, body({}, { administratorLogin: "boss" }));

    const found = await findCredentialServer(credential, true, ports, forever);

    expect(found).toMatchObject({ state: "found", server: { administratorLogin: "boss" } });
    expect(ports.memories.get("orders-app")).toMatchObject({ administratorLogin: "boss" });
  });

  it("goes by what it remembers while Azure Resource Manager does not answer", async () => {
    const ports = world(known);
    ports.arm.bodies.set(id, new CollectError("unreachable", "No answer."));

    expect(await findCredentialServer(credential, true, ports, forever)).toEqual({ state: "found", server: known });
  });

  it("finds a server that was made again in another resource group", async () => {
    const moved = id.replace("/shop/", "/store/");
    const ports = world(known);
    ports.arm.bodies.delete(id);
    ports.arm.bodies.set(moved, body({ id: moved }));
    ports.servers = [serverRef({ name: "orders", id: moved, resourceGroup: "store" })];

    expect(await findCredentialServer(credential, true, ports, forever)).toMatchObject({
      state: "found",
      server: { id: moved },
    });
  });

  it("does not take a remembered server for that of a credential which names another one now", async () => {
    const ports = world({ ...known, name: "crm" });

    expect(await findCredentialServer(credential, false, ports, forever)).toEqual({ state: "found", server: known });
  });

  it("is missing only when a whole inventory does not have it", async () => {
    const ports = world();
    ports.servers = [];

    const whole = await findCredentialServer(credential, false, ports, forever);
    ports.coverage = ["Resource Graph could not be asked: no answer."];
    const torn = await findCredentialServer(credential, false, ports, forever);

    expect(whole).toEqual({ state: "missing", why: "There is no server orders in scope." });
    expect(torn).toEqual({
      state: "unknown",
      why: "Server orders was not found: Resource Graph could not be asked: no answer.",
    });
  });

  it("is missing when it is gone since, although it is remembered", async () => {
    const ports = world(known);
    ports.arm.bodies.delete(id);
    ports.servers = [];

    expect(await findCredentialServer(credential, true, ports, forever)).toMatchObject({ state: "missing" });
  });

  it.each([
    ["is not understood", body({ properties: {} }), "What Azure says of server Orders is not understood."],
    ["names no host", body({}, { fullyQualifiedDomainName: null }), "Server Orders has no host name yet."],
    ["is a refusal", new CollectError("denied", "403."), /needs the action Microsoft\.DBforPostgreSQL/],
  ])("does not know a server whose answer %s", async (_, answer, why) => {
    const ports = world();
    ports.arm.bodies.set(id, answer);

    const found = await findCredentialServer(credential, false, ports, forever);

    expect(found.state === "unknown" && found.why).toEqual(typeof why === "string" ? why : expect.stringMatching(why));
    expect(ports.count.writes).toBe(0);
  });

  it("asks Azure when its memory is out of reach", async () => {
    const ports = world();
    const broken = {
      read: () => Promise.reject(new Error("Storage does not answer.")),
      write: () => Promise.reject(new Error("Storage does not answer.")),
    };

    const found = await findCredentialServer(credential, false, { ...ports, memory: broken }, forever);

    expect(found).toEqual({ state: "found", server: known });
  });
});

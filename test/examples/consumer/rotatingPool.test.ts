import { createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import type { DatabaseLogin } from "../../../examples/consumer/databaseLogin.ts";
import { rotatingPool, type RotatingPool } from "../../../examples/consumer/rotatingPool.ts";
import { errorResponse, message } from "../../postgres/fakeServer.ts";

const welcome = Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]);
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Front {
  readonly port: number;
  connections: number;
}

/** Answers the first connection's login with the first answer, and so on; the last one serves all that follow. */
async function front(answers: readonly Buffer[]): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const answer = answers[Math.min(state.connections, answers.length - 1)] ?? welcome;
    state.connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(answer));
  });
  const state = { port: 0, connections: 0 };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.port = (server.address() as AddressInfo).port; // listening on TCP
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return state;
}

function login(version: string): DatabaseLogin {
  return { version, username: `app_${version}`, password: "x", host: "127.0.0.1", port: 1, database: "shop" };
}

/** Logins in the order in which a secret gave them; the last one stays. */
function poolOver({ port }: Front, versions: readonly string[]): { pool: RotatingPool; refused: string[] } {
  const refused: string[] = [];
  const logins = versions.map(login);
  const [first = login("a"), second = first] = logins;
  const pool = rotatingPool(
    { current: () => Promise.resolve(first), after: () => Promise.resolve(second) },
    { pool: { host: "127.0.0.1", port, ssl: false }, onRefused: (code) => refused.push(code) },
  );
  closing.push(() => pool.end());
  return { pool, refused };
}

describe("rotatingPool", () => {
  it.each([
    ["a refused password", "28P01", ["a", "b"]],
    ["a refusal of PgBouncer", "08P01", ["a", "b"]],
    ["PgBouncer's memory of an earlier refusal", "08P01", ["a"]],
  ])("connects once more after %s", async (_what, sqlState, versions) => {
    const server = await front([errorResponse(sqlState), welcome]);
    const { pool, refused } = poolOver(server, versions);

    const client = await pool.connect();
    client.release();

    expect(refused).toEqual([sqlState]);
    expect(server.connections).toBe(2);
  });

  it.each([
    ["a password that was refused and has not changed", "28P01", ["a"], 1],
    ["a password that was refused after the secret had changed", "28P01", ["a", "b"], 2],
    ["another fault", "53300", ["a", "b"], 1],
  ])("gives up on %s", async (_what, sqlState, versions, connections) => {
    const server = await front([errorResponse(sqlState)]);
    const { pool } = poolOver(server, versions);

    await expect(pool.connect()).rejects.toMatchObject({ code: sqlState });

    expect(server.connections).toBe(connections);
  });

  it("ends once every client is back, and takes no more work", async () => {
    const { pool } = poolOver(await front([welcome]), ["a"]);
    const client = await pool.connect();
    let hasEnded = false;
    const end = pool.end().then(() => {
      hasEnded = true;
    });

    await expect(pool.connect()).rejects.toThrow("This pool has ended.");
    expect(hasEnded).toBe(false);
    client.release();
    await end;

    expect(hasEnded).toBe(true);
  });
});

import { describe, expect, it } from "@jest/globals";
import { armClient, armReader, type ArmClientOptions } from "../../shared/azure/armReader.ts";
import { collectArm } from "../../shared/collect/collectArm.ts";
import { CollectError } from "../../shared/collect/collectError.ts";
import { firewallRules } from "../../shared/collect/firewallRules.ts";
import { serverRef, subscriptionId } from "../builders.ts";
import { identity, localHttps, type LocalHttps, type Reply } from "./localHttps.ts";

const forever = new AbortController().signal;
const path = `/subscriptions/${subscriptionId}/x`;
const ok = { status: 200, body: { value: 1 } };
const quick = { firstDelayMs: 1 };

async function withArm<T>(
  replies: readonly Reply[],
  work: (read: (path: string, signal?: AbortSignal) => Promise<unknown>, service: LocalHttps) => Promise<T>,
  options: ArmClientOptions = quick,
): Promise<T> {
  const service = await localHttps(replies);
  try {
    const reader = armReader(armClient(service.endpoint, identity, options), service.endpoint);
    return await work((where, signal = forever) => reader.read(where, "2025-08-01", signal), service);
  } finally {
    await service.close();
  }
}

async function faultOf(work: Promise<unknown>): Promise<CollectError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CollectError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}

describe("armReader", () => {
  it("gives the raw body, unknown properties and all, for a token of ARM", async () => {
    const body = { name: "a", properties: { brandNew: [1], backup: null } };

    await withArm([{ status: 200, body }], async (read, { requests }) => {
      expect(await read(path)).toEqual(body);
      expect(requests).toEqual([
        {
          method: "GET",
          path: `${path}?api-version=2025-08-01`,
          authorization: "Bearer token for https://management.azure.com/.default",
          body: undefined,
        },
      ]);
    });
  });

  it("follows a link of the same host with the query that it brings", async () => {
    await withArm([ok], async (read, { endpoint, requests }) => {
      await read(`${endpoint}${path}?api-version=2025-06-01-preview&$skiptoken=abc`);

      expect(requests[0]?.path).toBe(`${path}?api-version=2025-06-01-preview&$skiptoken=abc`);
    });
  });

  it.each(["https://attacker.example.com/x", "http://127.0.0.1:1/x", "no address"])(
    "does not follow a link to %s",
    async (link) => {
      await withArm([ok], async (read, { requests }) => {
        expect((await faultOf(read(link))).reason).toBe("shape");
        expect(requests).toEqual([]);
      });
    },
  );

  it("takes a path for a path, whatever it looks like", async () => {
    await withArm([ok], async (read, { requests }) => {
      await read("//attacker.example.com/x?api-version=1#y");

      expect(requests[0]?.path).toBe("//attacker.example.com/x%3Fapi-version=1%23y?api-version=2025-08-01");
    });
  });

  it("gives up a list whose next page is elsewhere", async () => {
    const page = { status: 200, body: { value: [], nextLink: "https://attacker.example.com/page2" } };

    const service = await localHttps([page]);
    const reader = armReader(armClient(service.endpoint, identity, quick), service.endpoint);
    const fault = await faultOf(collectArm(firewallRules, serverRef(), reader, forever));
    await service.close();

    expect(fault.reason).toBe("shape");
    expect(fault.message).toMatch(/leads to https:\/\/attacker\.example\.com, which is not followed/);
  });

  it("does not follow a redirect", async () => {
    const moved = { status: 302, headers: { location: "/elsewhere" } };

    await withArm([moved, ok], async (read, { requests }) => {
      expect((await faultOf(read(path))).reason).toBe("shape");
      expect(requests).toHaveLength(1);
    });
  });

  it.each([
    [401, "denied"],
    [403, "denied"],
    [404, "absent"],
    [400, "shape"],
    [409, "shape"],
  ])("takes status %i for %s, at once", async (status, reason) => {
    const refused = { status, headers: { "x-ms-request-id": "r-1" }, body: { error: { message: "secret text" } } };

    await withArm([refused], async (read, { requests }) => {
      const fault = await faultOf(read(path));

      expect(fault.reason).toBe(reason);
      expect(fault.message).toMatch(new RegExp(`GET ${path} .*\\(${status}\\)`));
      expect(fault.message).not.toMatch(/secret/);
      expect(fault.cause).toEqual({ name: "HttpStatus", statusCode: status, requestId: "r-1" });
      expect(requests).toHaveLength(1);
    });
  });

  it("waits as long as a 429 asks, then goes on", async () => {
    const throttled = { status: 429, headers: { "retry-after": "1" } };

    await withArm(
      [throttled, ok],
      async (read) => {
        const start = performance.now();

        expect(await read(path)).toEqual({ value: 1 });
        expect(performance.now() - start).toBeGreaterThan(950);
      },
      { firstDelayMs: 20_000 },
    );
  });

  it("repeats a 429 that names no time, and one that names a date", async () => {
    const date = { date: "Sun, 22 Nov 2026 10:00:00 GMT", "retry-after": "Sun, 22 Nov 2026 10:00:00 GMT" };

    await withArm([{ status: 429 }, { status: 429, headers: date }, ok], async (read, { requests }) => {
      expect(await read(path)).toEqual({ value: 1 });
      expect(requests).toHaveLength(3);
    });
  });

  it("does not wait for a service that asks for an hour", async () => {
    await withArm([{ status: 429, headers: { "retry-after": "3600" } }], async (read, { requests }) => {
      expect((await faultOf(read(path))).reason).toBe("timeout");
      expect(requests).toHaveLength(1);
    });
  });

  it("succeeds after 500 twice and after a broken connection", async () => {
    let sent = 0;
    await withArm(
      [{ status: 500 }, "drop", { status: 500 }, ok],
      async (read) => {
        expect(await read(path)).toEqual({ value: 1 });
        expect(sent).toBe(4);
      },
      { ...quick, onRequest: () => (sent += 1) },
    );
  });

  it("gives up a service that stays broken", async () => {
    await withArm([{ status: 503 }], async (read, { requests }) => {
      const fault = await faultOf(read(path));

      expect(fault.reason).toBe("unreachable");
      expect(requests).toHaveLength(5);
    });
  });

  it("takes a body that is no JSON for a misfit", async () => {
    await withArm([{ status: 200, body: "<html>" }], async (read) => {
      expect((await faultOf(read(path))).reason).toBe("shape");
    });
  });

  it("is bounded in time, by its own limit and by the run's", async () => {
    await withArm(
      ["hang"],
      async (read) => {
        expect((await faultOf(read(path))).reason).toBe("timeout");
      },
      {
        ...quick,
        timeoutMs: 50,
      },
    );
    await withArm(["hang"], async (read) => {
      const run = new AbortController();
      setTimeout(() => {
        run.abort();
      }, 50);

      expect((await faultOf(read(path, run.signal))).reason).toBe("deadline");
    });
    await withArm([{ status: 429, headers: { "retry-after": "30" } }], async (read) => {
      const run = new AbortController();
      setTimeout(() => {
        run.abort();
      }, 100);

      expect((await faultOf(read(path, run.signal))).reason).toBe("deadline");
    });
  });

  it("says that nothing listens, and that there is no token", async () => {
    const nobody = "https://127.0.0.1:1";
    const broken = {
      getToken: () => Promise.reject(Object.assign(new Error("secret"), { name: "CredentialUnavailableError" })),
    };
    const closed = armReader(armClient(nobody, identity, { ...quick, maxRetries: 1 }), nobody);
    const tokenless = armReader(armClient(nobody, broken, quick), nobody);

    expect(await faultOf(closed.read(path, "1", forever))).toMatchObject({
      reason: "unreachable",
      message: `GET ${path} did not reach the service (ECONNREFUSED).`,
    });
    expect(await faultOf(tokenless.read(path, "1", forever))).toMatchObject({
      reason: "denied",
      message: `The identity got no token for GET ${path} (CredentialUnavailableError).`,
    });
  });

  it("keeps eight requests of one subscription open at most", async () => {
    const service = await localHttps([ok], 20);
    const reader = armReader(armClient(service.endpoint, identity), service.endpoint);

    await Promise.all(Array.from({ length: 30 }, () => reader.read(path, "1", forever)));
    await service.close();

    expect(service.requests).toHaveLength(30);
    expect(service.peak()).toBe(8);
  });
});

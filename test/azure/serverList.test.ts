import { describe, expect, it } from "@jest/globals";
import { serverList } from "../../shared/azure/serverList.ts";
import { CollectError } from "../../shared/collect/collectError.ts";
import { subscriptionId } from "../builders.ts";
import { exampleBody } from "../collect/officialExamples.ts";
import { identity, localHttps, type LocalHttps, type Reply } from "./localHttps.ts";

const forever = new AbortController().signal;

async function withArm<T>(
  replies: (endpoint: string) => readonly Reply[],
  work: (rows: () => Promise<readonly unknown[]>, service: LocalHttps) => Promise<T>,
): Promise<T> {
  const queue: Reply[] = [];
  const service = await localHttps(queue);
  queue.push(...replies(service.endpoint));
  try {
    return await work(() => serverList(service.endpoint, identity).list(subscriptionId, forever), service);
  } finally {
    await service.close();
  }
}

async function faultOf(work: Promise<unknown>): Promise<CollectError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CollectError) return error;
  throw new Error("It did not fail with a CollectError.", { cause: error });
}

describe("serverList", () => {
  it("gives the raw servers of every page", async () => {
    const { value } = exampleBody("ServersListBySubscription") as { value: { id: string }[] };
    const path = `/subscriptions/${subscriptionId}/more`;
    function pages(endpoint: string): readonly Reply[] {
      return [
        { status: 200, body: { value: value.slice(0, 1), nextLink: `${endpoint}${path}` } },
        { status: 200, body: { value: value.slice(1) } },
      ];
    }

    await withArm(pages, async (rows, { requests }) => {
      expect(await rows()).toEqual(value);
      expect(requests.map((request) => request.authorization)).toEqual([
        "Bearer token for https://management.azure.com/.default",
        "Bearer token for https://management.azure.com/.default",
      ]);
      expect(requests[0]?.path).toContain("api-version=2025-08-01");
    });
  });

  it("sends its token to no other host", async () => {
    const nextLink = "https://elsewhere.example.com/subscriptions";

    await withArm(
      () => [{ status: 200, body: { value: [], nextLink } }],
      async (rows, { requests }) => {
        expect(await faultOf(rows())).toMatchObject({ reason: "shape" });
        expect(requests).toHaveLength(1);
      },
    );
  });

  it.each([
    [403, "denied"],
    [404, "absent"],
  ])("says what %i means", async (status, reason) => {
    await withArm(
      () => [{ status, body: { error: { code: "AuthorizationFailed", message: "secret of the service" } } }],
      async (rows) => {
        const fault = await faultOf(rows());

        expect(fault.reason).toBe(reason);
        expect(fault.message).toContain(subscriptionId);
        expect(fault.message).not.toContain("secret of the service");
      },
    );
  });

  it("refuses a page that is not understood", async () => {
    await withArm(
      () => [{ status: 200, body: { values: [] } }],
      async (rows) => {
        expect(await faultOf(rows())).toMatchObject({ reason: "shape" });
      },
    );
  });

  it("gives up on a list that does not end", async () => {
    function endless(endpoint: string): readonly Reply[] {
      const nextLink = `${endpoint}/subscriptions/${subscriptionId}/more`;
      return Array.from({ length: 105 }, () => ({ status: 200, body: { value: [], nextLink } }));
    }

    await withArm(endless, async (rows) => {
      expect(await faultOf(rows())).toMatchObject({ reason: "shape" });
    });
  });
});

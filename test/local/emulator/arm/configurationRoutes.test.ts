import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ConfigurationBody } from "../../../../shared/local/emulator/armBodies.ts";
import { ARM, collect, orders, ordersPath, rejection, startTestAzure, type TestAzure } from "../testAzure.ts";

let azure: TestAzure;

beforeEach(async () => {
  azure = await startTestAzure();
});

afterEach(() => azure.close());

const soon = { updateIntervalInMs: 5 };

function properties(name: string): ConfigurationBody["properties"] {
  const configuration = orders(azure).configurations.find((candidate) => candidate.name === name);
  if (configuration === undefined) throw new Error(`There is no parameter ${name}.`);
  return configuration.properties;
}

function applied(name: string): string | undefined {
  return azure.postgres.parameters.get(`${orders(azure).body.id.toLowerCase()} ${name}`);
}

describe("configurationRoutes", () => {
  it("lists all, over several pages", async () => {
    azure.state.behaviour.pageSize = 25;

    const configurations = await collect(azure.arm.configurations.listByServer("shop", "orders"));

    expect(configurations.map(({ name }) => name)).toEqual(orders(azure).configurations.map(({ name }) => name));
  });

  it.each(["beginPutAndWait", "beginUpdateAndWait"] as const)(
    "changes a parameter by %s, in PostgreSQL too",
    async (by) => {
      const changed = await azure.arm.configurations[by](
        "shop",
        "orders",
        "require_secure_transport",
        { value: "off", source: "user-override" },
        soon,
      );

      expect(changed).toMatchObject({ value: "off", source: "user-override", isConfigPendingRestart: false });
      expect(applied("require_secure_transport")).toBe("off");
    },
  );

  it("waits for a restart with a static parameter", async () => {
    await azure.arm.configurations.beginPutAndWait(
      "shop",
      "orders",
      "shared_preload_libraries",
      { value: "pgaudit" },
      soon,
    );

    expect(properties("shared_preload_libraries")).toMatchObject({ value: "pgaudit", isConfigPendingRestart: true });
  });

  it("goes back to the default by its source", async () => {
    await azure.arm.configurations.beginPutAndWait("shop", "orders", "log_statement", { value: "all" }, soon);

    await azure.arm.configurations.beginPutAndWait(
      "shop",
      "orders",
      "log_statement",
      { source: "system-default" },
      soon,
    );

    expect(properties("log_statement")).toMatchObject({ value: "none", source: "system-default" });
    expect(applied("log_statement")).toBe("none");
  });

  it("keeps the old value when PostgreSQL refuses", async () => {
    azure.postgres.before = () => Promise.reject(new Error("no"));

    const error = await rejection(
      azure.arm.configurations.beginPutAndWait("shop", "orders", "log_statement", { value: "all" }, soon),
    );

    expect(String(error["message"])).toContain("The long-running operation has failed");
    expect(properties("log_statement")).toMatchObject({ value: "none", source: "system-default" });
  });

  it.each([
    ["log_connections", "OFF"],
    ["pgbouncer.enabled", "True"],
    ["pgaudit.log", "role, DDL,misc"],
    ["session_preload_libraries", ""],
    ["log_min_duration_statement", "-1"],
    ["logfiles.retention_days", "7"],
    ["log_statement_sample_rate", "0.25"],
    ["log_line_prefix", "%m [%p] %u@%d"],
    ["ssl_min_protocol_version", "TLSv1.3"],
  ])("takes %s = '%s'", async (name, value) => {
    await azure.arm.configurations.beginPutAndWait("shop", "orders", name, { value }, soon);

    expect(properties(name).value).toBe(value);
  });

  const refused = "ServerParameterToCMSUnAllowedParameterValue";
  it.each([
    ["a Boolean that is none", "log_connections", "maybe", 400, refused],
    ["on for a parameter of true and false", "pgbouncer.enabled", "on", 400, refused],
    ["an unknown word", "ssl_min_protocol_version", "TLSv1.1", 400, refused],
    ["one bad item of a set", "pgaudit.log", "role,everything", 400, refused],
    ["an empty set where none is allowed", "pgaudit.log", "", 400, refused],
    ["a number outside the range", "logfiles.retention_days", "30", 400, refused],
    ["a fraction for an integer", "logfiles.retention_days", "1.5", 400, refused],
    ["a number outside the range of fractions", "log_statement_sample_rate", "1.01", 400, refused],
    ["a text with a quote", "log_line_prefix", "'", 400, refused],
    ["no value", "log_connections", undefined, 400, refused],
    ["a read-only parameter", "ssl_ciphers", "HIGH", 400, "ConfigurationReadOnly"],
    ["an unknown parameter", "nothing", "on", 404, "ConfigurationNotExists"],
    ["a number as value", "log_connections", 1, 400, "InvalidRequestContent"],
  ])("refuses %s", async (_, name, value, status, code) => {
    const answer = await azure.send("PUT", ordersPath(azure, `/configurations/${name}`), {
      audience: ARM,
      body: { properties: { value, source: "user-override" } },
    });

    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(azure.postgres.parameters.size).toBe(0);
  });

  it("refuses an unknown source", async () => {
    const answer = await azure.send("PATCH", ordersPath(azure, "/configurations/log_connections"), {
      audience: ARM,
      body: { properties: { value: "on", source: "me" } },
    });

    expect(answer).toMatchObject({ status: 400, body: { error: { code: "InvalidRequestContent" } } });
  });

  it("refuses PgBouncer on a Burstable server, and any change of a stopped one", async () => {
    orders(azure).body.sku = { name: "Standard_B1ms", tier: "Burstable" };
    const burstable = await rejection(
      azure.arm.configurations.beginPutAndWait("shop", "orders", "pgbouncer.enabled", { value: "true" }, soon),
    );
    orders(azure).body.properties.state = "Stopped";
    const stopped = await rejection(
      azure.arm.configurations.beginPutAndWait("shop", "orders", "log_statement", { value: "all" }, soon),
    );

    expect(burstable).toMatchObject({ code: "ServerParameterToCMSPgBouncerNotSupportedForBurstable" });
    expect(stopped).toMatchObject({ statusCode: 409 });
  });
});

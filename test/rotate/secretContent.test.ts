import fc from "fast-check";
import { describe, expect, it } from "@jest/globals";
import { SecretValue } from "../../shared/model/secretValue.ts";
import {
  parsePending,
  parsePublished,
  pendingContent,
  publishedContent,
  type PendingIntent,
} from "../../shared/rotate/secretContent.ts";

const server = { host: "orders.postgres.database.azure.com" };
const text = fc.string({ minLength: 1, unit: "grapheme" });

describe("a published value", () => {
  it.each(["json", "uri"] as const)("gives back the login that it was made of: %s", (format) => {
    fc.assert(
      fc.property(text, text, (user, password) => {
        const pair = { user, password: new SecretValue(password) };
        const { value } = publishedContent(pair, { format, database: "orders" }, server);
        const parsed = parsePublished(value, null);

        expect(parsed?.user).toBe(user);
        expect(parsed?.password.reveal()).toBe(password);
      }),
    );
  });

  it("names its format, and connects by itself as a URI", () => {
    const pair = { user: "app a", password: new SecretValue("p-1") };

    const made = (["json", "uri", "password"] as const).map((format) => {
      const { value, contentType } = publishedContent(pair, { format, database: "orders" }, server);
      return [contentType, value.reveal()];
    });

    expect(made).toEqual([
      [
        "application/json; profile=pgwarden.v1",
        '{"username":"app a","password":"p-1","host":"orders.postgres.database.azure.com","port":5432,' +
          '"database":"orders","sslmode":"verify-full"}',
      ],
      [
        "text/uri; profile=pgwarden.v1",
        "postgresql://app%20a:p-1@orders.postgres.database.azure.com:5432/orders?sslmode=verify-full",
      ],
      ["text/plain; profile=pgwarden.v1", "p-1"],
    ]);
  });

  it.each([
    ["JSON without a password", '{"username":"a"}'],
    ["broken JSON", '{"username":"a","password":'],
    ["a URI without a password", "postgres://a@host/db"],
    ["a URI with a lone percent sign", "postgres://a:100%@host/db"],
    ["nothing", " "],
    ["a bare password of nobody", "secret"],
  ])("holds no login: %s", (_name, value) => {
    expect(parsePublished(new SecretValue(value), null)).toBeNull();
  });
});

describe("a pending value", () => {
  const intent: PendingIntent = {
    credential: "orders-app",
    strategy: "alternating",
    generation: 7,
    rotationId: "019c0000-0000-7000-8000-000000000007",
    role: "app_b",
    server: "orders",
    secret: "https://consumers.vault.azure.net/secrets/orders-app",
    base: { rotationId: null, version: "0".repeat(32) },
    createdAt: "2026-03-01T00:00:00.000Z",
  };

  it("gives back the intent and its password", () => {
    const parsed = parsePending(pendingContent(intent, new SecretValue("next")));

    expect(parsed?.intent).toEqual(intent);
    expect(parsed?.pair.user).toBe("app_b");
    expect(parsed?.pair.password.reveal()).toBe("next");
  });

  it("may lack server and secret", () => {
    const written = pendingContent(intent, new SecretValue("next")).reveal();
    const { server, secret, ...older } = JSON.parse(written) as Record<string, unknown>;

    expect([server, secret]).toEqual([intent.server, intent.secret]);
    expect(parsePending(new SecretValue(JSON.stringify(older)))?.intent).toEqual({
      ...intent,
      server: null,
      secret: null,
    });
  });

  it.each(["", "secret", "{}", '{"v":2}'])("is not any other value: %j", (value) => {
    expect(parsePending(new SecretValue(value))).toBeNull();
  });
});

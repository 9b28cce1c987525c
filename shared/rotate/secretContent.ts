import * as v from "valibot";
import type { Credential, CredentialServer, Intent, SecretFormat, SecretPair } from "../model/credential.ts";
import { SecretValue } from "../model/secretValue.ts";

const PORT = 5432;

const contentTypes: Readonly<Record<SecretFormat, string>> = {
  json: "application/json; profile=pgwarden.v1",
  uri: "text/uri; profile=pgwarden.v1",
  password: "text/plain; profile=pgwarden.v1",
};

export const pendingContentType = "application/json; profile=pgwarden.v1";

/** The value of the published secret and its content type. */
export function publishedContent(
  pair: SecretPair,
  { format, database }: Pick<Credential, "format" | "database">,
  { host }: Pick<CredentialServer, "host">,
): { readonly value: SecretValue; readonly contentType: string } {
  return { value: new SecretValue(textOf(pair, format, database, host)), contentType: contentTypes[format] };
}

function textOf({ user, password }: SecretPair, format: SecretFormat, database: string, host: string): string {
  const secret = password.reveal();
  switch (format) {
    case "password":
      return secret;
    case "uri": {
      const login = `${encodeURIComponent(user)}:${encodeURIComponent(secret)}`;
      return `postgresql://${login}@${host}:${PORT}/${encodeURIComponent(database)}?sslmode=verify-full`;
    }
    case "json":
      return JSON.stringify({ username: user, password: secret, host, port: PORT, database, sslmode: "verify-full" });
  }
}

const NonEmpty = v.pipe(v.string(), v.nonEmpty());
const JsonLogin = v.union([
  v.object({ username: NonEmpty, password: NonEmpty }),
  v.pipe(
    v.object({ user: NonEmpty, password: NonEmpty }),
    v.transform(({ user, password }) => ({ username: user, password })),
  ),
]);

/**
 * The login in a published value, written by pgwarden or by others: JSON with `username` (or `user`) and `password`, a
 * `postgresql://` URI, else the bare password.
 *
 * @param userOfBare whose password a bare value is; null: nobody knows
 * @returns null when there is no login in it
 */
export function parsePublished(value: SecretValue, userOfBare: string | null): SecretPair | null {
  const text = value.reveal().trim();
  if (text.startsWith("{")) return parseJson(text);
  if (/^postgres(ql)?:\/\//i.test(text)) return parseUri(text);
  return text === "" || userOfBare === null ? null : { user: userOfBare, password: new SecretValue(text) };
}

function parseJson(text: string): SecretPair | null {
  const login = v.safeParse(v.pipe(v.string(), v.parseJson(), JsonLogin), text);
  return login.success ? { user: login.output.username, password: new SecretValue(login.output.password) } : null;
}

function parseUri(text: string): SecretPair | null {
  const uri = URL.parse(text);
  if (uri === null || uri.username === "" || uri.password === "") return null;
  try {
    const password = new SecretValue(decodeURIComponent(uri.password));
    return { user: decodeURIComponent(uri.username), password };
  } catch {
    return null; // a lone percent sign
  }
}

const PendingValue = v.object({
  v: v.literal(1),
  target: v.string(),
  strategy: v.picklist(["alternating", "single", "admin"]),
  gen: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  rid: v.pipe(v.string(), v.uuid()),
  user: NonEmpty,
  password: NonEmpty,
  server: v.optional(v.nullable(v.string()), null),
  secret: v.optional(v.nullable(v.string()), null),
  base: v.nullable(v.object({ rid: v.nullable(v.string()), version: v.string() })),
  createdAt: v.string(),
});

/** What the value of a pending secret says; version, twins and ARM operation are facts beside it. */
export type PendingIntent = Omit<Intent, "pendingVersion" | "twins" | "operation">;

export function pendingContent(intent: PendingIntent, password: SecretValue): SecretValue {
  const value: v.InferOutput<typeof PendingValue> = {
    v: 1,
    target: intent.credential,
    strategy: intent.strategy,
    gen: intent.generation,
    rid: intent.rotationId,
    user: intent.role,
    password: password.reveal(),
    server: intent.server,
    secret: intent.secret,
    base: intent.base === null ? null : { rid: intent.base.rotationId, version: intent.base.version },
    createdAt: intent.createdAt,
  };
  return new SecretValue(JSON.stringify(value));
}

/** @returns null when the value is not one of pgwarden's */
export function parsePending(value: SecretValue): { readonly intent: PendingIntent; readonly pair: SecretPair } | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), PendingValue), value.reveal());
  if (!parsed.success) return null;
  const { target, strategy, gen, rid, user, password, server, secret, base, createdAt } = parsed.output;
  return {
    intent: {
      credential: target,
      strategy,
      generation: gen,
      rotationId: rid,
      role: user,
      server,
      secret,
      base: base === null ? null : { rotationId: base.rid, version: base.version },
      createdAt,
    },
    pair: { user, password: new SecretValue(password) },
  };
}

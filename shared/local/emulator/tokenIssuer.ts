import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import * as v from "valibot";
import type { AzureState, IdentityState } from "./azureState.ts";

export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
}

const Claims = v.object({
  iss: v.string(),
  aud: v.string(),
  nbf: v.number(),
  exp: v.number(),
  oid: v.string(),
  appid: v.string(),
});

export type TokenClaims = v.InferOutput<typeof Claims>;

export type TokenCheck =
  | { readonly valid: true; readonly claims: TokenClaims }
  | { readonly valid: false; readonly fault: "missing" | "malformed" | "forged" }
  | { readonly valid: false; readonly fault: "expired" | "audience"; readonly claims: TokenClaims };

export interface TokenIssuer {
  /** The same token again until half of its life is over, as managed identity endpoints do. */
  mint(identity: IdentityState, audience: string): AccessToken;
  /** @param audiences without a trailing slash */
  check(authorization: string | undefined, audiences: readonly string[]): TokenCheck;
}

/** Tokens of Entra's first version, signed with a key of this start: `alg` HS256 instead of RS256. */
export function tokenIssuer(state: AzureState, now: () => Date): TokenIssuer {
  const key = randomBytes(32);
  const minted = new Map<string, AccessToken & { readonly refreshAt: number }>();

  function sign(text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
  }

  return {
    mint(identity, audience) {
      const cacheKey = `${identity.clientId} ${audience}`;
      const known = minted.get(cacheKey);
      if (known !== undefined && now().getTime() < known.refreshAt) return known;

      const issuedAt = Math.floor(now().getTime() / 1000);
      const lifetime = state.behaviour.tokenLifetimeSeconds;
      const claims = {
        aud: audience,
        iss: `https://sts.windows.net/${state.tenantId}/`,
        iat: issuedAt,
        nbf: issuedAt,
        exp: issuedAt + lifetime,
        appid: identity.clientId,
        idtyp: "app",
        oid: identity.objectId,
        sub: identity.objectId,
        tid: state.tenantId,
        ver: "1.0",
      };
      const signed = `${encode({ typ: "JWT", alg: "HS256" })}.${encode(claims)}`;
      const token = `${signed}.${sign(signed).toString("base64url")}`;
      const fresh = {
        token,
        expiresAt: new Date(claims.exp * 1000),
        refreshAt: (issuedAt + lifetime / 2) * 1000,
      };
      minted.set(cacheKey, fresh);
      return fresh;
    },

    check(authorization, audiences) {
      if (authorization === undefined) return { valid: false, fault: "missing" };
      const [, header, payload, signature] = /^bearer ([\w-]+)\.([\w-]+)\.([\w-]*)$/i.exec(authorization) ?? [];
      if (header === undefined || payload === undefined || signature === undefined) {
        return { valid: false, fault: "malformed" };
      }
      const expected = sign(`${header}.${payload}`);
      const given = Buffer.from(signature, "base64url");
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        return { valid: false, fault: "forged" };
      }
      const claims = v.parse(Claims, JSON.parse(Buffer.from(payload, "base64url").toString()));
      if (claims.exp * 1000 <= now().getTime()) return { valid: false, fault: "expired", claims };
      if (!audiences.includes(claims.aud)) return { valid: false, fault: "audience", claims };
      return { valid: true, claims };
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

import type { Context } from "hono";
import { type EmulatorEnv, originOf } from "../emulatorContext.ts";
import { badParameter } from "./keyVaultRefusal.ts";

const MAX_RESULTS = 25;

/** One page of a list of the vault; `nextLink` is null on the last one, as the service says it. */
export function vaultPage(c: Context<EmulatorEnv>, items: readonly object[]): object {
  const size = Number(c.req.query("maxresults") ?? MAX_RESULTS);
  if (!Number.isInteger(size) || size < 1 || size > MAX_RESULTS) throw badParameter("invalid maxresults");
  const token = c.req.query("$skiptoken");
  const from = token === undefined ? "0" : Buffer.from(token, "base64url").toString();
  if (!/^\d+$/.test(from)) throw badParameter("invalid $skiptoken");
  const start = Number(from);
  const end = start + size;
  const value = items.slice(start, end);
  if (end >= items.length) return { value, nextLink: null };
  const next = new URL(new URL(c.req.url).pathname, originOf(c));
  const apiVersion = c.req.query("api-version") ?? "";
  next.search = `?api-version=${apiVersion}&$skiptoken=${Buffer.from(String(end)).toString("base64url")}&maxresults=${size}`;
  return { value, nextLink: next.href };
}

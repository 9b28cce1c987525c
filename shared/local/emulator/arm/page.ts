import type { Context } from "hono";
import { type EmulatorContext, type EmulatorEnv, originOf } from "../emulatorContext.ts";
import { ArmRefusal } from "./armRefusal.ts";

export interface Page<T> {
  nextLink?: string;
  value: readonly T[];
}

/** One page of a list; `nextLink` is absolute and on the host that was asked. */
export function page<T>({ state }: EmulatorContext, c: Context<EmulatorEnv>, items: readonly T[]): Page<T> {
  const start = startOf(c.req.query("$skiptoken"));
  const end = start + state.behaviour.pageSize;
  const value = items.slice(start, end);
  if (end >= items.length) return { value };
  const next = new URL(new URL(c.req.url).pathname, originOf(c));
  const apiVersion = c.req.query("api-version") ?? "";
  next.search = `?api-version=${apiVersion}&$skiptoken=${Buffer.from(String(end)).toString("base64url")}`;
  return { nextLink: next.href, value };
}

function startOf(skipToken: string | undefined): number {
  if (skipToken === undefined) return 0;
  const start = Buffer.from(skipToken, "base64url").toString();
  if (/^\d+$/.test(start)) return Number(start);
  throw new ArmRefusal(400, { code: "InvalidSkipToken", message: "The $skiptoken is invalid." });
}

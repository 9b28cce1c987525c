import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import * as v from "valibot";
import { problem } from "./problem.ts";

/** Bytes of a request body; ours are a few hundred. */
export const maxBodyBytes = 64 * 1024;

export type Body<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly response: HttpResponseInit };

/** Reads a JSON body of limited size through a schema. An empty body is `{}`; each fault names its path. */
export async function readBody<S extends v.GenericSchema>(
  request: HttpRequest,
  schema: S,
): Promise<Body<v.InferOutput<S>>> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBodyBytes) return tooLarge(declared);
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > maxBodyBytes) return tooLarge(bytes.byteLength);

  const text = Buffer.from(bytes).toString("utf8");
  let parsed: unknown;
  try {
    parsed = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return { ok: false, response: problem(400, "The body is not JSON.") };
  }
  const result = v.safeParse(schema, parsed);
  if (result.success) return { ok: true, value: result.output };
  const errors = result.issues.map((issue) => ({ path: v.getDotPath(issue) ?? "", message: issue.message }));
  return { ok: false, response: problem(400, "The body does not fit.", { errors }) };
}

function tooLarge(bytes: number): Body<never> {
  const detail = `The body has ${bytes} bytes; at most ${maxBodyBytes} are taken.`;
  return { ok: false, response: problem(413, detail) };
}

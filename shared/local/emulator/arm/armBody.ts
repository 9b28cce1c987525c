import type { Context } from "hono";
import * as v from "valibot";
import type { EmulatorEnv } from "../emulatorContext.ts";
import { ArmRefusal } from "./armRefusal.ts";

/** @throws ArmRefusal 415 or 400 */
export async function armBody<const S extends v.GenericSchema>(
  c: Context<EmulatorEnv>,
  schema: S,
): Promise<v.InferOutput<S>> {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) {
    const message = "The content media type is not supported. Only 'application/json' is supported.";
    throw new ArmRefusal(415, { code: "UnsupportedMediaType", message });
  }
  const text = await c.req.text();
  const body = v.safeParse(schema, parseJson(text));
  if (body.success) return body.output;
  const path = body.issues[0].path?.map(({ key }) => String(key)).join(".") ?? "body";
  const message = `The request content was invalid and could not be deserialized: '${path}'.`;
  throw new ArmRefusal(400, { code: "InvalidRequestContent", message });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import * as v from "valibot";
import type { SectionItem } from "../model/section.ts";
import type { ServerRef } from "../model/server.ts";
import { CollectError } from "./collectError.ts";
import type { ArmCollector, ArmListName, ArmReader } from "./collector.ts";

/** 50 pages hold far more than any server has; a chain of links that is longer never ends. */
export const maxPages = 50;

const Page = v.object({ value: v.array(v.unknown()), nextLink: v.nullish(v.string()) });

/** Reads every page or nothing. */
export async function collectArm<S extends ArmListName>(
  collector: ArmCollector<S>,
  server: ServerRef,
  reader: ArmReader,
  signal: AbortSignal,
): Promise<readonly SectionItem[S][]> {
  const values = await readPages(collector.path(server), collector, reader, signal);
  return values.map((value) => collector.parse(value));
}

interface ListRequest {
  readonly apiVersion: string;
  readonly action: string;
}

/** The elements of a paged list, unparsed. */
export async function readPages(
  path: string,
  { apiVersion, action }: ListRequest,
  reader: ArmReader,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  let next: string | undefined = path;
  for (let page = 0; next !== undefined; page += 1) {
    if (page === maxPages) {
      throw new CollectError("shape", `The list at ${path} did not end after ${maxPages} pages.`);
    }
    const body = await readNamingRight(next, { apiVersion, action }, reader, signal);
    const { value, nextLink }: v.InferOutput<typeof Page> = v.parse(Page, body);
    values.push(...value);
    next = nextLink === null || nextLink === "" ? undefined : nextLink;
  }
  return values;
}

/** One GET whose refusal says which action would allow it. */
export async function readNamingRight(
  path: string,
  { apiVersion, action }: ListRequest,
  reader: ArmReader,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await reader.read(path, apiVersion, signal);
  } catch (error) {
    if (!(error instanceof CollectError) || error.reason !== "denied") throw error;
    throw new CollectError("denied", `${error.message} The scanner's role needs the action ${action}.`, {
      cause: error,
    });
  }
}

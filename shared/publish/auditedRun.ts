import { byAge, parseAuditBlob, streamPrefix } from "./auditBlobs.ts";
import { readLine } from "./auditLine.ts";
import type { AppendStore } from "./stateStore.ts";

/** Whether a stream has a line of this run; the newest lines are read first. */
export async function hasLineOfRun(
  store: AppendStore,
  stream: string,
  runId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const blobs = (await store.list(streamPrefix(stream), signal)).map(parseAuditBlob).filter((one) => one !== undefined);
  for (const { name } of blobs.sort(byAge).toReversed()) {
    const text = new TextDecoder().decode(await store.read(name, signal));
    if (text.split("\n").some((line) => isOf(line, runId))) return true;
  }
  return false;
}

function isOf(text: string, runId: string): boolean {
  const read = readLine(text);
  return read.state !== "unreadable" && read.line.runId === runId;
}

import type { SectionGap } from "../model/run.ts";
import { visibleLine } from "./visible.ts";

/** A section that could not be read, in one line. */
export function gapText(server: string, { section, database, reason, detail }: SectionGap): string {
  const where = database === null ? server : `${server}, database ${database}`;
  return visibleLine(`${where}: ${section} not read (${reason}): ${detail}`);
}

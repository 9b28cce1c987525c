import type { Change } from "./changes.ts";
import {
  cronJobItem,
  definerFunctionItem,
  type DefinerFunctionItem,
  eventTriggerItem,
  extensionItem,
  languageItem,
  notableFunctionItem,
} from "./databaseItem.ts";
import { namesOf } from "./itemKey.ts";
import { type Judgement, judgement, shown } from "./judgement.ts";
import { combined, type Difference } from "./judgeRowSecurity.ts";

/** Whoever can create objects where such a function looks can make it run their own (roles.md §1.9). */
function isUnsafe({ searchPath }: DefinerFunctionItem): boolean {
  if (searchPath === null || searchPath.includes("$user")) return true;
  return !/(^|,)\s*"?pg_temp"?\s*$/.test(searchPath);
}

export function judgeDefinerFunction({ key, database, before, after }: Change): Judgement {
  const [, schema = "", signature = ""] = namesOf(key);
  const name = `SECURITY DEFINER function ${schema}.${signature} in database ${database ?? ""}`;
  const [old, current] = [definerFunctionItem(before), definerFunctionItem(after)];
  if (current === undefined) return judgement("info", `${name} is gone.`, [], { direction: "lost" });
  if (old === undefined) {
    const who = current.publicExecute ? "PUBLIC may call it" : "PUBLIC may not call it";
    const path = isUnsafe(current) ? "its search_path can be turned against it" : "its search_path is fixed";
    const severity = current.publicExecute ? (isUnsafe(current) ? "high" : "medium") : "low";
    return judgement(severity, `${name} is new: it runs as ${current.owner}, ${who}, and ${path}.`, [], {
      direction: "gained",
    });
  }
  return combined(
    name,
    definerDifferences(old, current),
    !old.publicExecute && current.publicExecute ? "gained" : "changed",
  );
}

function definerDifferences(old: DefinerFunctionItem, current: DefinerFunctionItem): readonly Difference[] {
  return [
    ...(old.bodyMd5 === current.bodyMd5 ? [] : [{ severity: "high" as const, clause: "its body changed" }]),
    ...differs("high", "its owner", old.owner, current.owner),
    ...differs("high", "its language", old.language, current.language),
    ...differs(
      !isUnsafe(old) && isUnsafe(current) ? "high" : "medium",
      "its search_path",
      old.searchPath,
      current.searchPath,
    ),
    ...(old.publicExecute === current.publicExecute
      ? []
      : [
          current.publicExecute
            ? { severity: "high" as const, clause: "PUBLIC may call it now" }
            : { severity: "info" as const, clause: "PUBLIC may not call it any more" },
        ]),
    ...differs("low", "whether an extension owns it", old.extension, current.extension),
  ];
}

export function differs(
  severity: Difference["severity"],
  what: string,
  old: unknown,
  current: unknown,
): readonly Difference[] {
  if (old === current) return [];
  return [{ severity, clause: `${what} changed from ${shown(old)} to ${shown(current)}` }];
}

export function judgeExtension({ key, database, before, after }: Change): Judgement {
  const name = `Extension ${namesOf(key)[1] ?? ""} in database ${database ?? ""}`;
  const [old, current] = [extensionItem(before), extensionItem(after)];
  if (current === undefined) return judgement("low", `${name} was dropped.`, [], { direction: "lost" });
  if (old === undefined)
    return judgement("medium", `${name} was created in version ${current.version}, in schema ${current.schema}.`);
  return combined(name, [
    ...differs("info", "its version", old.version, current.version),
    ...differs("low", "its schema", old.schema, current.schema),
    ...differs("medium", "its owner", old.owner, current.owner),
  ]);
}

const states: Readonly<Record<string, string>> = { O: "on", D: "off", R: "on for replicas only", A: "always on" };

export function judgeEventTrigger({ key, database, before, after }: Change): Judgement {
  const name = `Event trigger ${namesOf(key)[1] ?? ""} in database ${database ?? ""}`;
  const [old, current] = [eventTriggerItem(before), eventTriggerItem(after)];
  if (current === undefined)
    return judgement(
      "high",
      `${name} was dropped: ${old?.function ?? "its function"} no longer sees ${old?.event ?? ""}.`,
    );
  if (old === undefined)
    return judgement("medium", `${name} was created: ${current.function} runs as whoever causes ${current.event}.`);
  const isOff = ["D", "R"].includes(current.enabled) && !["D", "R"].includes(old.enabled);
  return combined(name, [
    ...differs(isOff ? "high" : "medium", "its state", state(old.enabled), state(current.enabled)),
    ...differs("medium", "its function", old.function, current.function),
    ...differs("medium", "its event", old.event, current.event),
    ...differs("medium", "its owner", old.owner, current.owner),
  ]);
}

function state(letter: string): string {
  return states[letter] ?? letter;
}

export function judgeLanguage({ key, database, before, after }: Change): Judgement {
  const name = `Language ${namesOf(key)[1] ?? ""} in database ${database ?? ""}`;
  const [old, current] = [languageItem(before), languageItem(after)];
  if (current === undefined) return judgement("info", `${name} was dropped.`, [], { direction: "lost" });
  const means = current.trusted ? "it is trusted" : "its functions do what the server's operating system user can";
  if (old === undefined) return judgement(current.trusted ? "low" : "medium", `${name} was created: ${means}.`);
  return combined(name, [
    ...(old.trusted === current.trusted
      ? []
      : [{ severity: current.trusted ? ("info" as const) : ("high" as const), clause: `${means} now` }]),
    ...differs("medium", "its owner", old.owner, current.owner),
  ]);
}

export function judgeNotableFunction({ key, database, before, after }: Change): Judgement {
  const [, schema = "", signature = ""] = namesOf(key);
  const name = `Function ${schema}.${signature} in database ${database ?? ""}`;
  const [old, current] = [notableFunctionItem(before), notableFunctionItem(after)];
  if (current === undefined)
    return judgement(
      "info",
      `${name}, written in ${old?.language ?? "an untrusted language"}, is gone or ordinary now.`,
    );
  const notes = [
    ...(current.trustedLanguage ? [] : [`it is written in ${current.language}, which is not trusted`]),
    ...(current.leakproof ? ["it is LEAKPROOF, so that it sees rows before row security does"] : []),
  ];
  if (old === undefined) return judgement("medium", `${name} is new or newly of note: ${notes.join("; ")}.`);
  return combined(name, [
    ...differs("medium", "its owner", old.owner, current.owner),
    ...differs("medium", "its language", old.language, current.language),
    ...differs(current.leakproof ? "medium" : "info", "LEAKPROOF", old.leakproof, current.leakproof),
  ]);
}

export function judgeCronJob({ key, database, before, after }: Change): Judgement {
  const [, where = "", role = "", , schedule = ""] = namesOf(key);
  const name = `Job "${schedule}" of role ${role} in database ${where}, kept in ${database ?? ""}`;
  const [old, current] = [cronJobItem(before), cronJobItem(after)];
  if (current === undefined) return judgement("low", `${name}, was removed or changed.`);
  if (old === undefined)
    return judgement(
      "medium",
      `${name}, is new or runs another command: it ${current.active ? "is" : "is not"} active.`,
    );
  return judgement(current.active ? "medium" : "low", `${name}, is ${current.active ? "active" : "not active"} now.`);
}

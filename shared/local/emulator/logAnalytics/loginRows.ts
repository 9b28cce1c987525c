import { loginQuery } from "../../../collect/loginQuery.ts";
import type { LogLineState } from "../azureState.ts";

/** `[Kind, Name, At]` */
export type LoginRow = readonly [kind: "role" | "day", name: string, at: string];

/** The server that the product's one query is about; undefined for any other text: this is no KQL engine. */
export function queriedServer(text: string): string | undefined {
  const id = /_ResourceId =~ "([^"]+)"/.exec(text)?.[1];
  return id !== undefined && text === loginQuery(id) ? id : undefined;
}

/** What that query makes of the lines. */
export function loginRows(lines: readonly LogLineState[]): readonly LoginRow[] {
  const logins = lines.flatMap(({ at, message }) => {
    const role = roleOf(message);
    return role === undefined ? [] : [{ at, role }];
  });
  const roles = Map.groupBy(logins, ({ role }) => role);
  const days = Map.groupBy(logins, ({ at }) => at.slice(0, 10));
  return [
    ...[...roles].map(([name, group]): LoginRow => ["role", name, instants(group).at(-1) ?? ""]),
    ...[...days].map(([name, group]): LoginRow => ["day", name, instants(group)[0] ?? ""]),
  ];
}

function roleOf(message: string): string | undefined {
  const start = message.indexOf("LOG:  ");
  const text = start < 0 ? message : message.slice(start + 6);
  return /^(?:replication )?connection authorized: user=(.+?)(?: database=| application_name=| SSL enabled| GSS |$)/s.exec(
    text,
  )?.[1];
}

function instants(logins: readonly { readonly at: string }[]): readonly string[] {
  return logins.map(({ at }) => at).sort();
}

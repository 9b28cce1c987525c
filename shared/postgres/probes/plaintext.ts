import { CollectError } from "../../collect/collectError.ts";
import type { ProbeTarget } from "../../collect/collector.ts";
import type { PlaintextProbe } from "../../model/probeEvidence.ts";
import { onWire, type ProbeOptions, type Wire } from "../wire.ts";

/** Messages longer than this are no refusal and no authentication request. */
const maxMessageBytes = 10_000;

/** SQLSTATE classes of a server that has no room, is starting or is broken: nothing about clear text. */
const unrelatedClasses = ["53", "57", "58", "XX"];

const authentications: Readonly<Record<number, string>> = {
  0: "AuthenticationOk",
  3: "AuthenticationCleartextPassword",
  5: "AuthenticationMD5Password",
  7: "AuthenticationGSS",
  9: "AuthenticationSSPI",
  10: "AuthenticationSASL",
};

/** A start-up without TLS, for a role that nobody has; hangs up at the first answer and never sends a password. */
export async function plaintext(
  target: ProbeTarget,
  options: ProbeOptions,
  signal: AbortSignal,
): Promise<PlaintextProbe> {
  const { port } = target;
  const where = `${target.host}:${port}`;
  return onWire(target, options, signal, async (wire) => {
    wire.socket.write(startupMessage("pgwarden_probe", "postgres"));
    const { type, body } = await readMessage(wire, where);
    if (type === "") return { port, outcome: "refused", detail: "the connection was closed" };
    if (type === "R") return { port, outcome: "authenticationRequested", detail: authenticationOf(body) };
    if (type !== "E") throw new CollectError("shape", `${where} does not answer a start-up as PostgreSQL does.`);
    const sqlState = sqlStateOf(body);
    if (unrelatedClasses.includes(sqlState.slice(0, 2))) {
      throw new CollectError("unreachable", `${where} refused the start-up for another reason (SQLSTATE ${sqlState}).`);
    }
    return { port, outcome: "refused", detail: sqlState };
  });
}

/** Protocol 3.0: length, version, then names and values that end with a zero byte each. */
function startupMessage(user: string, database: string): Buffer {
  const parameters = Buffer.from(`user\0${user}\0database\0${database}\0\0`, "latin1");
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + parameters.length, 0);
  head.writeUInt32BE(196_608, 4);
  return Buffer.concat([head, parameters]);
}

async function readMessage({ read }: Wire, where: string): Promise<{ type: string; body: Buffer }> {
  const head = await read(5);
  if (head.length === 0) return { type: "", body: head };
  const length = head.length === 5 ? head.readUInt32BE(1) : 0;
  if (length < 4 || length > maxMessageBytes) {
    throw new CollectError("shape", `${where} does not answer a start-up as PostgreSQL does.`);
  }
  return { type: head.toString("latin1", 0, 1), body: await read(length - 4) };
}

function authenticationOf(body: Buffer): string {
  if (body.length < 4) return "Authentication";
  const code = body.readUInt32BE(0);
  return authentications[code] ?? `authentication ${code}`;
}

/** Fields of an ErrorResponse: a letter, text, a zero byte. Only the code is taken: nothing vouches for the text. */
function sqlStateOf(body: Buffer): string {
  const code = body
    .toString("latin1")
    .split("\0")
    .find((field) => field.startsWith("C"));
  return code !== undefined && /^C[0-9A-Z]{5}$/.test(code) ? code.slice(1) : "without SQLSTATE";
}

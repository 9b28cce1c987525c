import { Command } from "commander";
import * as v from "valibot";
import type { Credential, CredentialServer } from "../model/credential.ts";
import { RotationError } from "../rotate/rotationError.ts";
import { credentialSetup } from "../rotate/setup/credentialSetup.ts";
import { nothingThere } from "../rotate/setup/setupFacts.ts";
import { setUpCredential, type SetupResult } from "../runs/setUpCredential.ts";
import { pickCredential, UnknownCredentialError } from "../runs/rotationPorts.ts";
import type { Wiring } from "../wiring.ts";
import { envFileOption, parseOptions } from "./options.ts";
import { remarkLines } from "./rotationText.ts";
import { setupText } from "./setupText.ts";
import { EXIT, type Terminal, UsageError } from "./terminal.ts";
import { wireCommand } from "./wireCommand.ts";

const Options = v.object({ apply: v.boolean(), role: v.optional(v.string()), envFile: v.optional(v.string()) });

/** `credentials init <name>`: what a credential needs before its first rotation. Exit 3 when it was not set up. */
export function initCommand(terminal: Terminal): Command {
  return new Command("init")
    .description("print the SQL and the az commands that a credential needs; adds, and never takes away")
    .argument("<name>", "its name in pgwarden.yaml")
    .option("--apply", "run the SQL, all of it or nothing", false)
    .option("--role <role>", "sign in as this PostgreSQL role, such as your own of an Entra administrator")
    .addOption(envFileOption())
    .action(async (name: string, options: unknown) => {
      const { apply, role, envFile } = parseOptions(Options, options);
      const wiring = await wireCommand(terminal, envFile);
      await init(name, { apply, role }, wiring, terminal);
    });
}

async function init(
  name: string,
  { apply, role }: { readonly apply: boolean; readonly role: string | undefined },
  wiring: Wiring,
  terminal: Terminal,
): Promise<void> {
  const { credential, server } = await findCredential(name, wiring, terminal.signal);
  const rotator = wiring.ports.config.postgres.rotatorRole;
  const setup = await setUp(credential, server, { apply, role }, wiring, terminal);
  for (const line of remarkLines([...setup.faults, ...setup.remarks])) terminal.note(line);
  for (const refused of setup.refused) terminal.note(`The server refused ${refused}, which rotation can do without.`);
  if (setup.faults.length > 0) {
    terminal.note(`Credential ${name} was not set up.`);
    terminal.exitWith(EXIT.incomplete);
    return;
  }
  terminal.print(setupText(setup, { credential, server, rotator }));
}

/** @throws UsageError for an unknown name, or a server that is not there */
async function findCredential(
  name: string,
  wiring: Wiring,
  signal: AbortSignal,
): Promise<{ readonly credential: Credential; readonly server: CredentialServer }> {
  const ports = await wiring.rotation();
  try {
    const credential = pickCredential(name, ports);
    const found = await ports.findServer(credential, true, signal);
    if (found.state !== "found") throw new UsageError(found.why);
    return { credential, server: found.server };
  } catch (error) {
    if (error instanceof UnknownCredentialError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** What a credential lacks; where its server cannot be read, everything. @throws UsageError when applying fails */
export async function setUp(
  credential: Credential,
  server: CredentialServer,
  { apply, role }: { readonly apply: boolean; readonly role: string | undefined },
  wiring: Wiring,
  terminal: Terminal,
): Promise<SetupResult> {
  const rotator = wiring.ports.config.postgres.rotatorRole;
  const now = wiring.ports.now();
  if (credential.strategy === "admin") return unread(credential, rotator, now);
  const { rotation, databaseAs } = await wiring.rotation();
  const database = role === undefined ? rotation.database : databaseAs(role);
  try {
    const request = { credential, server, rotator, apply };
    return await setUpCredential(request, { database, now: () => now }, terminal.signal);
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    if (apply) throw new UsageError(`${error.message} Nothing was changed; --role names who may.`, { cause: error });
    terminal.note(`${error.message} So everything is printed, as for PostgreSQL 16 and later.`);
    return unread(credential, rotator, now);
  }
}

function unread(credential: Credential, rotator: string, now: Date): SetupResult {
  return { ...credentialSetup(credential, nothingThere, [], { rotator, now }), applied: false, refused: [] };
}

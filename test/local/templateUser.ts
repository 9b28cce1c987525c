import { makeCertificates } from "../../shared/local/certificates.ts";
import { startPostgresServer } from "../../shared/local/postgresServer.ts";

/** Run as a process of its own: starts a server from a template in the directory given, logs in, and ends. */
const templateDirectory = process.argv[2] ?? "";
const server = await startPostgresServer({ major: 13, certificate: await makeCertificates([]), templateDirectory });
const answer = await server.asAdministrator((client) => client.query<{ user: string }>("select session_user as user"));
process.stdout.write(`up as ${answer.rows[0]?.user ?? "nobody"}\n`);
await server.stop();

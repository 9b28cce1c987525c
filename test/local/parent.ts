import { startAzurite } from "../../shared/local/azurite.ts";
import { makeCertificates } from "../../shared/local/certificates.ts";
import { startPostgresServer } from "../../shared/local/postgresServer.ts";

/** Run as a process of its own: starts a server and storage, logs in, says so, and waits to be killed. */
const certificate = await makeCertificates([]);
const [server] = await Promise.all([startPostgresServer({ major: 17, certificate }), startAzurite(certificate)]);
const answer = await server.asAdministrator((client) => client.query<{ user: string }>("select session_user as user"));
process.stdout.write(`up as ${answer.rows[0]?.user ?? "nobody"}\n`);
setInterval(() => undefined, 60_000);

/** What a secret that pgwarden publishes holds (`format: json`), and which version of it that was. */
export interface DatabaseLogin {
  /** Key Vault's name for the value; another one after each rotation. */
  readonly version: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** @throws Error that names the secret and quotes nothing of its value */
export function parseLogin(name: string, version: string, value: string): DatabaseLogin {
  const { username, password, host, port, database } = members(value);
  if (
    typeof username === "string" &&
    typeof password === "string" &&
    typeof host === "string" &&
    typeof port === "number" &&
    typeof database === "string"
  )
    return { version, username, password, host, port, database };
  throw new Error(`Version ${version} of secret ${name} is not a login that pgwarden wrote as JSON.`);
}

function members(value: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {}; // the parser's error would quote the value
  }
}

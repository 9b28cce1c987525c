import * as v from "valibot";
import {
  duration,
  isHttpsAddress,
  list,
  mapping,
  oneOf,
  schedule,
  text,
  wholeNumber,
  words,
  yesOrNo,
} from "./allowedValues.ts";
import { credentialConflicts } from "./credentialConflicts.ts";
import { issuePath } from "./issuePath.ts";

const secretName = "the name of a secret (1 to 127 letters, digits and hyphens)";
const roleName = "the name of a role (1 to 63 bytes)";

function vault() {
  const allowed = "the https address of a vault, such as https://contoso.vault.azure.net";
  return v.pipe(
    v.string(allowed),
    v.check((value) => isHttpsAddress(value) && new URL(value).pathname === "/", allowed),
    v.title(allowed),
  );
}

function role() {
  return v.pipe(
    words(roleName),
    v.check((value) => new TextEncoder().encode(value).length <= 63, roleName),
  );
}

const Secret = mapping({
  vault: v.pipe(vault(), v.description("Key Vault of the secret that consumers read.")),
  name: v.pipe(
    text(secretName, /^[0-9A-Za-z-]{1,127}$/),
    v.description("Name of the secret that consumers read without a version."),
  ),
});

const Pending = mapping({
  vault: v.exactOptional(
    v.pipe(vault(), v.description("Key Vault of the pending values. Default: that of the secret.")),
  ),
  name: v.exactOptional(
    v.pipe(
      text(secretName, /^[0-9A-Za-z-]{1,127}$/),
      v.description("Secret that holds a next value until it is published. Default: the secret's name with `--next`."),
    ),
  ),
});

const Window = mapping({
  opens: v.pipe(schedule(), v.description("When the window opens, in UTC.")),
  lasts: v.pipe(duration("10m", "7d"), v.description("How long it stays open.")),
});

/** One entry of `credentials`. Nothing is transformed in here: a fault at one key hides no fault at another. */
export const CredentialEntry = mapping({
  name: v.pipe(
    text("1 to 63 lower-case letters, digits and hyphens", /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
    v.description("What pgwarden calls the credential; unique. It must not change while a rotation is open."),
  ),
  server: v.pipe(
    text("the name of a server (3 to 63 letters, digits and hyphens)", /^[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]$/),
    v.description("The server that the role is on."),
  ),
  strategy: v.optional(
    v.pipe(
      oneOf("alternating", "single", "admin"),
      v.description(
        "Which role gets the next password: the one of a pair that is not published, the only one, or the server's administrator through Azure Resource Manager. Default: no consumer that reads the secret again ever meets a refused login.",
      ),
    ),
    "alternating",
  ),
  roles: v.optional(
    v.pipe(
      list(role()),
      v.description("alternating: the two login roles; single: the one; admin: left out. Default: none."),
    ),
    [],
  ),
  owner: v.exactOptional(
    v.pipe(
      role(),
      v.description(
        "alternating: the NOLOGIN role that both are members of and that owns what they make. Default: none.",
      ),
    ),
  ),
  database: v.optional(
    v.pipe(
      words("the name of a database"),
      v.description(
        "The database that a login is proved against and that the secret names. Default: every server has it.",
      ),
    ),
    "postgres",
  ),
  secret: Secret,
  pending: v.optional(Pending, {}),
  format: v.optional(
    v.pipe(
      oneOf("json", "uri", "password"),
      v.description(
        "What the secret holds: a JSON object, a `postgresql://` address, or the bare password (not for alternating, which changes the user too). Default: user, password and host in one value.",
      ),
    ),
    "json",
  ),
  consumers: v.optional(
    v.pipe(
      oneOf("reread", "reference"),
      v.description(
        "Whether applications read the secret again for a connection, or through a reference of App Service, which may be a day old. Default: the application reads.",
      ),
    ),
    "reread",
  ),
  maxAge: v.exactOptional(
    v.pipe(
      duration("1h", "365d"),
      v.description("How old a published password may get. Default: 90d, and 30d for the administrator."),
    ),
  ),
  overlap: v.exactOptional(
    v.pipe(
      duration("0m", "180d"),
      v.description(
        "alternating: how long the previous pair stays untouched. Default: 48h, more than a day-old reference and a pool's longest connection.",
      ),
    ),
  ),
  window: v.exactOptional(
    v.pipe(Window, v.description("When a rotation that is due may begin. Default: at any time.")),
  ),
  passwordLength: v.optional(
    v.pipe(
      wholeNumber(40, 128),
      v.description(
        "Characters of a password. Default: 40 of 66 characters are some 240 bits; Azure takes 128 at most.",
      ),
    ),
    40,
  ),
  outOfBand: v.optional(
    v.pipe(
      oneOf("alert", "rotate"),
      v.description(
        "What to do when somebody set the password by hand: tell, or replace it. Default: somebody had a reason.",
      ),
    ),
    "alert",
  ),
  validFor: v.exactOptional(
    v.pipe(
      duration("1h", "730d"),
      v.description("`VALID UNTIL` that a rotation sets, from then on. Default: it is left alone."),
    ),
  ),
  enabled: v.optional(
    v.pipe(
      yesOrNo(),
      v.description("false: no rotation begins; an open one is still brought to its end. Default: true."),
    ),
    true,
  ),
});
export type CredentialEntry = v.InferOutput<typeof CredentialEntry>;

/** `credentials` of pgwarden.yaml, its entries checked against themselves and each other. */
export const CredentialsSchema = v.pipe(
  list(CredentialEntry),
  v.description("Passwords that pgwarden rotates. Default: none."),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { index, keys, value, allowed } of credentialConflicts(dataset.value))
      addIssue({ message: allowed, path: issuePath([index, ...keys], value) });
  }),
);

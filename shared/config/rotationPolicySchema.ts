import * as v from "valibot";
import { isoDay, list, mapping, text, wholeNumber, words } from "./allowedValues.ts";

const serverName = "the name of a server (3 to 63 letters, digits and hyphens)";

const Exemption = mapping({
  role: v.pipe(words("the name of a role"), v.description("The login that nobody rotates.")),
  server: v.exactOptional(
    v.pipe(
      text(serverName, /^[A-Za-z0-9][A-Za-z0-9-]{1,61}[A-Za-z0-9]$/),
      v.toLowerCase(),
      v.description("The server that it is on. Default: every server."),
    ),
  ),
  reason: v.pipe(words("why it is exempted"), v.description("Why its password is not rotated.")),
  expires: v.pipe(isoDay(), v.description("The exemption ends when this day begins (UTC).")),
});

/** What controls ask of passwords and their rotation; how they are rotated stands in `credentials`. */
export const Rotation = mapping({
  maxAgeDays: v.optional(
    v.pipe(
      wholeNumber(1, 730),
      v.description(
        "Days that a published password may be old, for `rot-secret-age`. Default: what PCI DSS asks of passwords; credentials rotate at 90d too.",
      ),
    ),
    90,
  ),
  administratorMaxAgeDays: v.optional(
    v.pipe(
      wholeNumber(1, 730),
      v.description(
        "The same of the server administrator's, for `rot-admin-age` and `rot-secret-age`. Default: it opens everything, so a month.",
      ),
    ),
    30,
  ),
  expiryGraceDays: v.optional(
    v.pipe(
      wholeNumber(0, 90),
      v.description(
        "Days that a secret's expiry lies behind its next rotation at least, for `rot-secret-expiry`. Default: a weekend in which a rotation fails; pgwarden writes seven.",
      ),
    ),
    3,
  ),
  validUntilGraceDays: v.optional(
    v.pipe(
      wholeNumber(0, 90),
      v.description(
        "Days that VALID UNTIL lies ahead at least, for `rot-valid-until`. Default: time to mend a rotation.",
      ),
    ),
    7,
  ),
  maxValidDays: v.optional(
    v.pipe(
      wholeNumber(1, 1095),
      v.description(
        "Days that VALID UNTIL lies ahead at most, for `rot-valid-until`. Default: `maxAgeDays` and a month for windows and failed rotations.",
      ),
    ),
    120,
  ),
  openMinutes: v.optional(
    v.pipe(
      wholeNumber(5, 1440),
      v.description(
        "Minutes that a rotation may be open, for `rot-partial-failure`. Default: three ticks of the recover timer.",
      ),
    ),
    15,
  ),
  exemptions: v.optional(
    v.pipe(
      list(Exemption),
      v.description("Logins with a password that no credential rotates, for `rot-coverage`. Default: none."),
    ),
    [],
  ),
});

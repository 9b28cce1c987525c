import { Cron } from "croner";
import ipaddr from "ipaddr.js";
import * as v from "valibot";
import { isNamePattern } from "./namePattern.ts";

/*
 * The kinds of values that pgwarden.yaml may hold. Each is given as one phrase, which is the message of every issue
 * ("is 7; allowed: a whole number from 1 to 600"), the type in docs/configuration.md and the title in editors.
 */

/** Where the search for a schedule's next instant starts; any fixed day does. */
const someDay = new Date("2026-01-01T00:00:00Z");

const uuid = /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/;

export function text(allowed: string, pattern: RegExp) {
  return v.pipe(v.string(allowed), v.regex(pattern, allowed), v.title(allowed));
}

/** Any text that is not blank. */
export function words(allowed = "text") {
  return text(allowed, /\S/);
}

export function wholeNumber(lowest: number, highest: number) {
  const allowed = `a whole number from ${lowest} to ${highest}`;
  return v.pipe(
    v.number(allowed),
    v.integer(allowed),
    v.minValue(lowest, allowed),
    v.maxValue(highest, allowed),
    v.title(allowed),
  );
}

export function yesOrNo() {
  return v.pipe(v.boolean("true or false"), v.title("true or false"));
}

export function oneOf<const T extends readonly [string, ...string[]]>(...options: T) {
  const allowed = options.join(" or ");
  return v.pipe(v.picklist(options, allowed), v.title(allowed));
}

export function list<const S extends v.GenericSchema>(item: S) {
  return v.array(item, "a list");
}

/** A list in which nothing may stand twice. */
export function distinct<const S extends v.GenericSchema<unknown, string>>(item: S) {
  return v.pipe(
    list(item),
    v.check((items) => new Set(items).size === items.length, "a list without repetitions"),
  );
}

/** A mapping with exactly these keys; `unknownKeys` tells of the others. */
export function mapping<const E extends v.ObjectEntries>(entries: E) {
  const keys = Object.keys(entries).join(", ");
  return v.strictObject(entries, (issue) => (issue.expected === "Object" ? `a mapping with the keys ${keys}` : keys));
}

/** Azure writes UUIDs in both cases; inside pgwarden they are lower case. */
export function identifier(what: string) {
  return v.pipe(text(`${what} (a UUID)`, uuid), v.toLowerCase());
}

export function cidr(family: "ipv4" | "any") {
  const allowed =
    family === "ipv4" ? "an IPv4 range such as 203.0.113.0/28" : "a range such as 203.0.113.0/28 or 2001:db8::/32";
  return v.pipe(
    v.string(allowed),
    v.check((value) => isRange(value, family), allowed),
    v.check(
      (value) => !isRange(value, family) || isNetwork(value),
      "a range whose address has no bits after the prefix",
    ),
    v.title(allowed),
  );
}

/** A CIDR range, or the name of an Azure service tag. `*` and `Internet` approve everybody and are refused. */
export function networkSource() {
  const allowed = "a range such as 10.1.0.0/24 or a service tag such as VirtualNetwork (not Internet)";
  return v.pipe(
    v.string(allowed),
    v.check((value) => (isRange(value, "any") ? isNetwork(value) : isServiceTag(value)), allowed),
    v.title(allowed),
  );
}

/** `role/member`; a slash or percent sign inside a name is written `%2F` or `%25`, as in subjects of findings. */
export function rolePair(allowed = "a pair role/member") {
  return text(allowed, /^(?:[^/%]|%2[5F])+\/(?:[^/%]|%2[5F])+$/);
}

/** A regular expression for names, which PostgreSQL tries on every one of them. */
export function namePattern() {
  const allowed =
    "a regular expression of at most 200 characters, made of ASCII letters, digits, _ - . and spaces, [a-z0-9], ( ) | ^ $ and * + ? {m,n}, a repetition never inside another one";
  return v.pipe(words(allowed), v.maxLength(200, allowed), v.check(isNamePattern, allowed));
}

/** An https address without user name, query or fragment; a slash at the end is dropped. */
export function httpsAddress(meaning: string) {
  const allowed = "an https address without query";
  return v.pipe(
    v.string(allowed),
    v.check(isHttpsAddress, allowed),
    v.title(allowed),
    v.description(meaning), // before the transformation: a JSON Schema ends there
    v.transform((value) => value.replace(/\/+$/, "")),
  );
}

/** `15m`, `48h` or `30d`, within bounds that are written alike; `durationMs` reads it. */
export function duration(lowest: string, highest: string) {
  const allowed = `a duration from ${lowest} to ${highest}, such as 15m, 48h or 30d`;
  const [least, most] = [durationMs(lowest), durationMs(highest)];
  // What is no duration is told of once.
  return v.pipe(
    text(allowed, durationPattern),
    v.check((value) => !(durationMs(value) < least || durationMs(value) > most), allowed),
  );
}

const durationPattern = /^(?<count>\d{1,5})(?<unit>[mhd])$/;
const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration; NaN for a text that is none. */
export function durationMs(value: string): number {
  const { count = "", unit = "" } = durationPattern.exec(value)?.groups ?? {};
  return Number(count) * (unitMs[unit] ?? NaN);
}

/** A day of the calendar, `2027-01-31`. */
export function isoDay() {
  const allowed = "a day such as 2027-01-31";
  return v.pipe(text(allowed, /^\d{4}-\d{2}-\d{2}$/), v.check(isDay, allowed));
}

export function isHttpsAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return protocol === "https:" && username + password + search + hash === "";
}

function isRange(value: string, family: "ipv4" | "any"): boolean {
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(value)) return true;
  return family === "any" && ipaddr.IPv6.isValidCIDR(value);
}

function isNetwork(value: string): boolean {
  const [address] = ipaddr.parseCIDR(value);
  const network =
    address.kind() === "ipv4" ? ipaddr.IPv4.networkAddressFromCIDR(value) : ipaddr.IPv6.networkAddressFromCIDR(value);
  return network.toNormalizedString() === address.toNormalizedString();
}

function isServiceTag(value: string): boolean {
  return /^[A-Za-z][A-Za-z0-9.]*$/.test(value) && value.toLowerCase() !== "internet";
}

/** `Date` rolls 2026-02-30 over into March, so the text must survive the round trip. */
function isDay(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00.000Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(value);
}

/**
 * NCRONTAB as the Functions host reads it (UTC): 5 or 6 fields, the sixth in front is the second. What only other
 * readers of cron know (`@daily`, `L`, `W`, `#`, `?`, weekday 7, a year) is refused, and so is what never comes.
 */
export function schedule() {
  const allowed = "5 or 6 cron fields such as 0 0 */6 * * *";
  return v.pipe(v.string(allowed), v.check(isSchedule, allowed), v.title(allowed));
}

function isSchedule(value: string): boolean {
  const fields = value.split(" ");
  if (!fields.every((field) => /^[\dA-Za-z*,/-]+$/.test(field))) return false;
  const [day, , weekday] = fields.slice(-3);
  if (day === undefined || weekday === undefined || /[LW]/i.test(day) || /7|l$/i.test(weekday)) return false;
  try {
    return new Cron(value, { mode: "5-or-6-parts", timezone: "UTC", paused: true }).nextRun(someDay) !== null;
  } catch {
    return false; // croner says why in its own words; ours name the allowed form
  }
}

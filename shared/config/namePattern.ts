/** Bounds of a repetition: PostgreSQL compiles each into as many copies of what it repeats. */
const maxRepeat = 50;

/** A step of a pattern, at its beginning. */
const step =
  /^(?:(?<anchor>[\^$])|(?<open>\((?:\?:)?)|(?<close>\))|(?<or>\|)|(?<atom>[A-Za-z0-9_. -]|\\[.$^*+?()[\]{}|\\]|\[\^?(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[A-Za-z0-9_])+\]))/;
const repetition = /^(?:[*+?]|\{(\d{1,2})(?:(,)(\d{0,2}))?\})/;

interface Group {
  /** Nothing stands in the branch so far. */
  isEmpty: boolean;
  hasRepetition: boolean;
}

/**
 * Whether a regular expression is one that JavaScript and PostgreSQL read alike: ASCII letters, digits, `_`, `-`, space,
 * `.`, classes of letters and digits, groups, alternatives, `^`, `$`, and `*`, `+`, `?`, `{m,n}` behind what repeats
 * nothing itself. Neither back references nor looking around nor escapes with a meaning of their own.
 */
export function isNamePattern(pattern: string): boolean {
  const groups: Group[] = [{ isEmpty: true, hasRepetition: false }];
  let rest = pattern;
  while (rest !== "") {
    const found = step.exec(rest);
    const group = groups.at(-1);
    if (found?.groups === undefined || group === undefined) return false;
    const { open, close, or, atom } = found.groups;
    rest = rest.slice(found[0].length);
    if (open !== undefined) {
      groups.push({ isEmpty: true, hasRepetition: false });
      continue;
    }
    if ((close !== undefined || or !== undefined) && group.isEmpty) return false;
    if (close !== undefined) groups.pop();
    const outer = groups.at(-1);
    if (outer === undefined) return false;
    outer.isEmpty = or !== undefined;
    outer.hasRepetition ||= close !== undefined && group.hasRepetition;

    const repeated = repetition.exec(rest);
    if (repeated === null) continue;
    const mayRepeat = atom !== undefined || (close !== undefined && !group.hasRepetition);
    if (!mayRepeat || !isBounded(repeated)) return false;
    outer.hasRepetition = true;
    rest = rest.slice(repeated[0].length);
  }
  const [whole] = groups;
  return groups.length === 1 && whole?.isEmpty === false && areRangesInOrder(pattern);
}

function isBounded([, from, comma, to]: RegExpExecArray): boolean {
  if (from === undefined) return true;
  const least = Number(from);
  const most = comma === undefined || to === undefined || to === "" ? least : Number(to);
  return least <= most && most <= maxRepeat;
}

/** `[z-a]` is an error to both, when it is used. */
function areRangesInOrder(pattern: string): boolean {
  try {
    return new RegExp(pattern, "iu").source !== "";
  } catch {
    return false;
  }
}

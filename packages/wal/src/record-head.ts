/**
 * The head of a record as it was read: what every reader needs at once is cut out of its text, the rest is parsed when somebody
 * asks. To follow what other processes append is what limits many writers, and of most of their records nothing more is asked.
 *
 * The text is that of the head's bytes, one character a byte. Quotes inside JSON strings are escaped, so `,"rows":[` begins the
 * rows wherever it stands.
 */
import type { RecordHead } from "./record.ts";

const SEQ = ',"seq":';
const DURABLE = ',"durable":';
const PREV = ',"prev":"';
const TXID = '","txid":"';
const TIME = '","time":"';
const AUTHOR = '","author":"';
const ROWS = ',"rows":[';
const SIZES = ',"sizes":[';
const CRC_DIGITS = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** @param text behind the digits of `head`, up to `,"body"` */
export function decodeHead(text: string): RecordHead {
  return ReadHead.from(text) ?? parseHead(text);
}

/** One row of a head, for which those before it are looked through and not parsed; `undefined` behind the last. */
export function rowAt(head: RecordHead, index: number): readonly unknown[] | undefined {
  return (head instanceof ReadHead ? head.rowAt(index) : undefined) ?? head.rows[index];
}

class ReadHead implements RecordHead {
  readonly seq: number;
  readonly durable: number;
  readonly prev: string;
  readonly txid: string;
  readonly time: string;
  readonly operations: readonly string[];
  readonly subjects: readonly string[];
  readonly #text: string;
  readonly #hasKey: boolean;
  /** Behind the time. */
  readonly #timeEnd: number;
  readonly #rowsStart: number;
  #sizes: readonly number[] | undefined;
  #parsed: RecordHead | undefined;

  private constructor(text: string, members: Members, starts: RowStarts) {
    this.seq = members.seq;
    this.durable = members.durable;
    this.prev = members.prev;
    this.txid = members.txid;
    this.time = members.time;
    this.operations = starts.operations;
    this.subjects = starts.subjects;
    this.#text = text;
    this.#hasKey = members.hasKey;
    this.#timeEnd = members.timeEnd;
    this.#rowsStart = members.rowsStart;
  }

  /** `undefined` when the text is not laid out as our writer lays it out. */
  static from(text: string): ReadHead | undefined {
    const members = readMembers(text);
    const starts = members === undefined ? undefined : readStarts(text, members.rowsStart);
    return members === undefined || starts === undefined ? undefined : new ReadHead(text, members, starts);
  }

  get author(): string {
    const start = this.#timeEnd + AUTHOR.length;
    const author = this.#text.startsWith(AUTHOR, this.#timeEnd)
      ? this.#text.slice(start, this.#text.indexOf('"', start))
      : undefined;
    return author !== undefined && isPlain(author) ? author : this.#whole.author;
  }

  get session(): string | undefined {
    return this.#whole.session;
  }

  get key(): string | undefined {
    return this.#hasKey ? this.#whole.key : undefined;
  }

  get fingerprint(): string | undefined {
    return this.#hasKey ? this.#whole.fingerprint : undefined;
  }

  get rows(): RecordHead["rows"] {
    return this.#whole.rows;
  }

  get sizes(): readonly number[] {
    this.#sizes ??= readSizes(this.#text) ?? this.#whole.sizes;
    return this.#sizes;
  }

  /** `undefined` when it is better read with all the others. */
  rowAt(index: number): readonly unknown[] | undefined {
    if (this.#parsed !== undefined) return undefined;
    const text = this.#text;
    let start = this.#rowsStart;
    for (let before = 0; before < index; before += 1) start = (closingOf(text, start + 1) ?? text.length) + 2;
    const end = closingOf(text, start + 1);
    return end === undefined ? undefined : (JSON.parse(utf8Text(text.slice(start, end + 1))) as readonly unknown[]);
  }

  get #whole(): RecordHead {
    this.#parsed ??= parseHead(this.#text);
    return this.#parsed;
  }
}

interface Members {
  readonly seq: number;
  readonly durable: number;
  readonly prev: string;
  readonly txid: string;
  readonly time: string;
  readonly timeEnd: number;
  readonly hasKey: boolean;
  /** Behind the bracket that opens the rows. */
  readonly rowsStart: number;
}

function readMembers(text: string): Members | undefined {
  const durableStart = text.indexOf(DURABLE, SEQ.length);
  const prevStart = text.indexOf(PREV, durableStart);
  const txidStart = prevStart + PREV.length + CRC_DIGITS + TXID.length;
  const txidEnd = text.indexOf('"', txidStart);
  const timeStart = txidEnd + TIME.length;
  const timeEnd = text.indexOf('"', timeStart);
  const rowsStart = text.indexOf(ROWS, timeEnd);
  const isLaidOut =
    text.startsWith(SEQ) &&
    durableStart > 0 &&
    prevStart > 0 &&
    text.startsWith(TXID, txidStart - TXID.length) &&
    text.startsWith(TIME, txidEnd) &&
    rowsStart > 0;
  if (!isLaidOut) return undefined;
  const seq = Number(text.slice(SEQ.length, durableStart));
  const durable = Number(text.slice(durableStart + DURABLE.length, prevStart));
  const txid = text.slice(txidStart, txidEnd);
  if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(durable) || !isPlain(txid)) return undefined;
  return {
    seq,
    durable,
    prev: text.slice(prevStart + PREV.length, prevStart + PREV.length + CRC_DIGITS),
    txid,
    time: text.slice(timeStart, timeEnd),
    timeEnd,
    hasKey: text.slice(timeEnd, rowsStart).includes(',"key":"'),
    rowsStart: rowsStart + ROWS.length,
  };
}

/** What the rows begin with. */
interface RowStarts {
  readonly operations: readonly string[];
  readonly subjects: readonly string[];
}

/** The first two texts of each row; `undefined` when a row begins otherwise. */
function readStarts(text: string, rowsStart: number): RowStarts | undefined {
  const operations: string[] = [];
  const subjects: string[] = [];
  let operation = "";
  let at = rowsStart;
  while (text.charCodeAt(at) === OPENING) {
    // Most rows do the same as the one before: its text serves again.
    const isSame =
      operation !== "" && text.startsWith(operation, at + 2) && text.charCodeAt(at + 2 + operation.length) === QUOTE;
    if (!isSame) operation = text.slice(at + 2, text.indexOf('"', at + 2));
    const subjectStart = at + 2 + operation.length + 3;
    const subjectEnd = text.indexOf('"', subjectStart);
    if (text.charCodeAt(at + 1) !== QUOTE || !text.startsWith('","', subjectStart - 3) || subjectEnd < 0)
      return undefined;
    const subject = text.slice(subjectStart, subjectEnd);
    if ((!isSame && !isPlain(operation)) || !isPlain(subject)) return undefined;
    operations.push(operation);
    subjects.push(subject);
    const end = closingOf(text, subjectEnd + 1);
    if (end === undefined) return undefined;
    at = end + (text.charCodeAt(end + 1) === COMMA ? 2 : 1);
  }
  return { operations, subjects };
}

/** The sizes end the head: behind their name stand digits and commas alone, or it is not laid out as ours. */
function readSizes(text: string): readonly number[] | undefined {
  const start = text.lastIndexOf(SIZES);
  if (start < 0 || text.indexOf("]", start) !== text.length - 1) return undefined;
  return JSON.parse(text.slice(start + SIZES.length - 1)) as readonly number[];
}

/** Where the bracket stands that closes what is open at `start`. */
function closingOf(text: string, start: number): number | undefined {
  let depth = 1;
  for (let at = start; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = closingQuote(text, at + 1);
        break;
      case OPENING:
      case OPENING_BRACE:
        depth += 1;
        break;
      case CLOSING:
      case CLOSING_BRACE:
        depth -= 1;
        if (depth === 0) return at;
        break;
      default:
    }
  }
  return undefined;
}

function closingQuote(text: string, start: number): number {
  let at = start;
  for (let unit = text.charCodeAt(at); unit !== QUOTE && at < text.length; unit = text.charCodeAt(at))
    at += unit === BACKSLASH ? 2 : 1;
  return at;
}

/** Whether the text between two quotes is what it stands for: ASCII without an escape. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f || unit === BACKSLASH) return false;
  }
  return true;
}

/** What bytes say of which each is a character of `text`. */
function utf8Text(text: string): string {
  for (let at = 0; at < text.length; at += 1)
    if (text.charCodeAt(at) > 0x7f) return Buffer.from(text, "latin1").toString("utf8");
  return text;
}

function parseHead(text: string): RecordHead {
  const parsed = JSON.parse(`{${utf8Text(text.slice(1))}}`) as Omit<RecordHead, keyof RowStarts>;
  return { ...parsed, ...startsOf(parsed.rows) };
}

/** The same of rows that are there already. */
export function startsOf(rows: RecordHead["rows"]): RowStarts {
  return {
    operations: rows.map(([operation]) => String(operation)),
    subjects: rows.map(([, subject]) => String(subject)),
  };
}

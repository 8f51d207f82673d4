/** `knot export`. */
import { resolve } from "node:path";
import { type Disk, type DiskFile, isDiskError, writeFully } from "@knotwork/disk";
import type { ExportedEntity, TypeCount } from "@knotwork/domain";
import { CliError } from "../cli-error.ts";
import { type Command, defineCommand } from "../command.ts";
import { jsonLine } from "../envelope.ts";
import { line, span } from "../output/document.ts";
import { sanitizeLine } from "../output/sanitize.ts";
import { textOption } from "../parsing/option-spec.ts";

/** Lines are written in chunks of about so many characters. */
const CHUNK_LENGTH = 256 * 1024;

export const exportStore: Command = defineCommand({
  path: "export",
  summary: "Write everything as JSON lines",
  details:
    "Every live node, each followed by the edges that leave it, of one moment, in an order that depends on the content alone. Goes to stdout, or to a new file with --output; with --json and no file, into one envelope.",
  args: {},
  options: {
    output: textOption("-o, --output <file>", "Write to this file, which must not exist", {
      misspellings: ["--file", "--out", "--to"],
    }),
  },
  examples: [
    { line: "knot export | jq -c 'select(.type == \"task\") | .props.title'", why: "for other programs" },
    { line: "knot export --output graph.jsonl", why: "into a file, durable on return" },
  ],
  run: async (context, { output }) => {
    const knot = await context.read();
    // An export stands for the whole store: of a damaged one there is none.
    const damage = knot.graph.damage();
    if (damage !== undefined) throw damage;
    const leftOut: TypeCount[] = [];
    const onLeftOut = (left: readonly TypeCount[]): void => {
      leftOut.push(...left);
      for (const { type, count } of left) context.environment.stderr.write(leftOutWarning(type, count));
    };
    if (output !== undefined) {
      const path = resolve(context.environment.cwd, output);
      const written = await writeNewFile(context.disk, path, knot.export({ onLeftOut }));
      return {
        data: { path, ...written, leftOut },
        document: () => [line([span("Exported ", "green"), `${written.count} entities to `, span(path, "bold")])],
      };
    }
    if (context.globals.json) {
      const items: ExportedEntity[] = [];
      for await (const entity of knot.export({ onLeftOut })) items.push(entity);
      return { data: { items, leftOut }, page: { truncated: false, next: null }, document: () => [] };
    }
    for await (const chunk of chunksOf(knot.export({ onLeftOut }))) context.environment.stdout.write(chunk.text);
    return { data: null, written: true, document: () => [] };
  },
});

function leftOutWarning(type: string, count: number): string {
  return `warning: left out ${count} of type ${sanitizeLine(type)}, which belong to another program\n`;
}

interface Chunk {
  readonly text: string;
  readonly count: number;
}

async function* chunksOf(entities: AsyncIterable<ExportedEntity>): AsyncGenerator<Chunk, void, undefined> {
  let text = "";
  let count = 0;
  for await (const entity of entities) {
    text += `${jsonLine(entity)}\n`;
    count += 1;
    if (text.length < CHUNK_LENGTH) continue;
    yield { text, count };
    text = "";
    count = 0;
  }
  if (count > 0) yield { text, count };
}

/** Never over an existing file; what could not be written whole is taken away again. */
async function writeNewFile(
  disk: Disk,
  path: string,
  entities: AsyncIterable<ExportedEntity>,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const file = createFile(disk, path);
  let whole = false;
  try {
    let count = 0;
    let bytes = 0;
    for await (const chunk of chunksOf(entities)) {
      const encoded = Buffer.from(chunk.text);
      writeFully(file, encoded, bytes);
      bytes += encoded.length;
      count += chunk.count;
    }
    file.syncData();
    whole = true;
    return { count, bytes };
  } finally {
    file.close();
    if (!whole) disk.unlink(path);
  }
}

function createFile(disk: Disk, path: string): DiskFile {
  try {
    return disk.open(path, "create-new");
  } catch (error) {
    if (!isDiskError(error, "EEXIST")) throw error;
    throw new CliError("FILE_EXISTS", `Cannot export to "${path}": there is a file already`, {
      hint: "Name a new file.",
      context: { path },
    });
  }
}

/** Notes: what agents and people say about an entity. Append-only, linked by an ANNOTATES edge. */
import type { Entity } from "@knotwork/graph";
import { assertMayAct, type ClaimProof, readClaim } from "./claim-node.ts";
import { commitWrite, type WriteOptions } from "./commit-write.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { instant, type KnotContext } from "./knot-context.ts";
import { type Page, pageOfList, type PageOptions } from "./page.ts";
import type { Reader } from "./reader.ts";
import type { NoteKind, NoteProps } from "./types/note.ts";
import { type View, viewOf } from "./view.ts";
import type { KnotTransaction } from "./types/knot-types.ts";
import { ofType } from "./typed-entity.ts";

export type Note = View<NoteProps>;

export interface NewNote {
  readonly text: string;
  /** Default "comment". */
  readonly kind?: NoteKind;
}

export interface Notes {
  /**
   * Adds a note about an entity. With a fence, it is refused when the claim is over.
   *
   * @throws DomainError NOT_FOUND, INVALID_VALUE, STALE_FENCE
   */
  add(about: string, note: NewNote | string, options?: ClaimProof & WriteOptions): Promise<Note>;
  /** The notes about an entity, oldest first. */
  list(about: string): Promise<readonly Note[]>;
  /** The same, a part at a time. */
  page(about: string, filter?: NoteFilter): Promise<Page<Note>>;
  get(id: string): Promise<Note | undefined>;
}

export interface NoteFilter extends PageOptions {
  readonly kind?: NoteKind;
}

export function openNotes(context: KnotContext): Notes {
  return {
    add: (about, note, options) => addNote(context, about, typeof note === "string" ? { text: note } : note, options),
    async list(about) {
      return (await annotationsOf(context.graph, about)).map(viewOf);
    },
    async page(about, filter = {}) {
      const notes = await annotationsOf(context.graph, about);
      const wanted = filter.kind === undefined ? notes : notes.filter(({ props }) => props.kind === filter.kind);
      return pageOfList(wanted.map(viewOf), filter, ({ createdAt, id }) => createdAt + id);
    },
    async get(id) {
      const entity = ofType(await context.graph.get(id), "note");
      return entity === undefined ? undefined : viewOf(entity);
    },
  };
}

/** The notes about an entity, oldest first. */
export async function annotationsOf(reader: Reader, about: string): Promise<readonly Entity<NoteProps>[]> {
  const notes: Entity<NoteProps>[] = [];
  for (const edge of await reader.edges({ to: about, type: "ANNOTATES" })) {
    const note = ofType(await reader.get(edge.from), "note");
    if (note !== undefined) notes.push(note);
  }
  return notes.sort((a, b) => compareKeys(a.props.filedAt + a.id, b.props.filedAt + b.id));
}

async function addNote(
  context: KnotContext,
  about: string,
  note: NewNote,
  options: ClaimProof & WriteOptions = {},
): Promise<Note> {
  if (note.text.trim() === "") {
    throw new DomainError("INVALID_VALUE", `Cannot add a note to "${about}": the text is empty`, {
      hint: "Give the text of the note.",
      context: { about },
    });
  }
  const { fence, token, ...writeOptions } = options;
  const request = { operation: "note", args: [about, note.kind ?? null, note.text], options: writeOptions };
  const written = await commitWrite<NoteProps>(context, request, async (tx) => {
    if ((await tx.get(about)) === undefined) throw notFound("entity", about);
    if (fence !== undefined || token !== undefined) assertMayAct(context, about, await readClaim(tx, about), options);
    return {
      entity: await createNote(context, tx, { about, ...note, ...(fence === undefined ? {} : { fence }) }),
      result: {},
    };
  });
  return viewOf(written.entity);
}

async function createNote(
  context: KnotContext,
  tx: KnotTransaction,
  note: NewNote & { readonly about: string; readonly fence?: number },
): Promise<Entity<NoteProps>> {
  const created = await tx.create("note", {
    kind: "comment",
    ...note,
    filedAt: instant(context),
    ...(context.agent === undefined ? {} : { filedBy: context.agent }),
  });
  await tx.link(created.id, "ANNOTATES", note.about);
  return created;
}

function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

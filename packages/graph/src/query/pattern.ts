/**
 * The pattern builder: nodes, edges and paths between them, each with conditions. Immutable like queries; nothing is read
 * before one of the last methods is called.
 */
import type { ReadSource } from "../graph-reads.ts";
import { assertBounds, type QueryBounds } from "../query-bounds.ts";
import type { TypeList } from "../type-definition.ts";
import { type ConditionInput, conditionOf, predicateOf } from "./condition-builder.ts";
import { type Condition, conjunctsOf, normalCondition } from "./condition.ts";
import type { FieldName, FieldValue, EdgeTypeName, FarTypeName, OperandArguments, OperatorOf } from "./field-types.ts";
import { type GroupedRow, Grouping } from "./grouping.ts";
import { addStep, assertNamed, markOptional, type NewStep } from "./pattern-parts.ts";
import type { Injectivity, PatternSpec, Way } from "./pattern-spec.ts";
import type {
  PathLength,
  ReferencedRow,
  RowNamed,
  SingleName,
  StepNames,
  StepOptions,
  WithOptional,
} from "./pattern-types.ts";
import type { Direction } from "./query-spec.ts";
import {
  countMatches,
  groupedMatchesOf,
  iterateMatches,
  type PatternReport,
  readMatches,
  reportMatches,
} from "./read-matches.ts";

export class Pattern<Types extends TypeList, Rows> implements AsyncIterable<Rows> {
  /** The pattern as data. */
  readonly spec: PatternSpec;
  readonly #source: ReadSource;
  /** Where the next step begins. */
  readonly #at: string;

  constructor(source: ReadSource, spec: PatternSpec, at: string) {
    this.#source = source;
    this.spec = spec;
    this.#at = at;
  }

  /**
   * A step along edges of these types (an empty list: of all) that leave the node. Steps go on from the node they lead to.
   * @throws TypeError for names, types or lengths that make no sense
   */
  out<
    const EdgeName extends EdgeTypeName<Types>,
    const To extends string,
    const NodeType extends FarTypeName<Types, EdgeName, "out"> = FarTypeName<Types, EdgeName, "out">,
    const Alias extends string = never,
    const Path extends PathLength | undefined = undefined,
  >(
    types: EdgeName | readonly EdgeName[],
    options: StepOptions<Types, EdgeName, To, NodeType, Alias, Path>,
  ): Pattern<Types, Rows & StepNames<Types, EdgeName, To, NodeType, Alias, Path>> {
    return this.#step("out", types, options);
  }

  /** A step along edges of these types (an empty list: of all) that enter the node, against their direction. */
  in<
    const EdgeName extends EdgeTypeName<Types>,
    const To extends string,
    const NodeType extends FarTypeName<Types, EdgeName, "in"> = FarTypeName<Types, EdgeName, "in">,
    const Alias extends string = never,
    const Path extends PathLength | undefined = undefined,
  >(
    types: EdgeName | readonly EdgeName[],
    options: StepOptions<Types, EdgeName, To, NodeType, Alias, Path>,
  ): Pattern<Types, Rows & StepNames<Types, EdgeName, To, NodeType, Alias, Path>> {
    return this.#step("in", types, options);
  }

  /** A step along edges of these types (an empty list: of all), whichever way they go. */
  both<
    const EdgeName extends EdgeTypeName<Types>,
    const To extends string,
    const NodeType extends FarTypeName<Types, EdgeName, "both"> = FarTypeName<Types, EdgeName, "both">,
    const Alias extends string = never,
    const Path extends PathLength | undefined = undefined,
  >(
    types: EdgeName | readonly EdgeName[],
    options: StepOptions<Types, EdgeName, To, NodeType, Alias, Path>,
  ): Pattern<Types, Rows & StepNames<Types, EdgeName, To, NodeType, Alias, Path>> {
    return this.#step("both", types, options);
  }

  /** The next step begins at this node. @throws TypeError when there is no such name */
  from(name: SingleName<Rows>): Pattern<Types, Rows> {
    if (!Object.hasOwn(this.spec.nodesByName, name)) throw new TypeError(`Cannot match: no node is named ${name}`);
    return new Pattern(this.#source, this.spec, name);
  }

  /**
   * Steps that may be missing: where they match, for each way a row; where they do not, one row in which their names are
   * undefined. They are tried after all steps that must match, one such part after the other.
   */
  optional<After>(
    describe: (pattern: Pattern<Types, Rows>) => Pattern<Types, After>,
  ): Pattern<Types, WithOptional<Rows, After>> {
    const described = describe(this);
    return new Pattern(this.#source, markOptional(this.spec, described.spec), this.#at);
  }

  /**
   * One more condition on a node. It is part of what the node must be: in an optional part it does not take rows away.
   * @throws TypeError when no node has this name, for an unknown operator or a value it cannot take
   */
  where<
    Name extends SingleName<Rows>,
    Field extends FieldName<RowNamed<Rows, Name>>,
    Op extends OperatorOf<FieldValue<RowNamed<Rows, Name>, Field>>,
  >(
    name: Name,
    field: Field,
    op: Op,
    ...value: OperandArguments<FieldValue<RowNamed<Rows, Name>, Field>, Op>
  ): Pattern<Types, Rows>;
  where<Name extends SingleName<Rows>>(
    name: Name,
    condition: ConditionInput<RowNamed<Rows, Name>>,
  ): Pattern<Types, Rows>;
  where(name: string, first: unknown, op?: string, ...value: readonly unknown[]): Pattern<Types, Rows> {
    const condition = typeof first === "string" ? predicateOf(first, op ?? "", value) : conditionOf(first as Condition);
    const node = Object.hasOwn(this.spec.nodesByName, name) ? this.spec.nodesByName[name] : undefined;
    if (node === undefined) throw new TypeError(`Cannot match: no node is named ${name}`);
    const conditions = [...node.conditions, ...conjunctsOf(normalCondition(condition))];
    return this.#with({ nodesByName: { ...this.spec.nodesByName, [name]: { ...node, conditions } } });
  }

  /** What may not be met twice in one match. Default `edges`: no edge belongs to two steps, two names may stand for one node. */
  injective(injectivity: Injectivity): Pattern<Types, Rows> {
    if (!["edges", "nodes", "none"].includes(injectivity))
      throw new TypeError(`Cannot match: injective ${JSON.stringify(injectivity)}; say edges, nodes or none`);
    return this.#with({ injectivity });
  }

  /** Sorts by `NAME.FIELD`, after those given before. @throws TypeError when nothing has this name, or for another direction */
  orderBy(reference: FieldName<ReferencedRow<Rows>>, direction: Direction = "asc"): Pattern<Types, Rows> {
    if (direction !== "asc" && direction !== "desc")
      throw new TypeError(`Cannot order ${String(direction)}: say asc or desc`);
    assertNamed(this.spec, reference);
    return this.#with({ order: [...(this.spec.order ?? []), { field: reference, direction }] });
  }

  /** At most so many matches. */
  limit(limit: number): Pattern<Types, Rows> {
    assertBounds({ limit });
    return this.#with({ limit });
  }

  /** Leaves out the first matches; say an order. */
  offset(offset: number): Pattern<Types, Rows> {
    assertBounds({ limit: offset });
    return this.#with({ offset });
  }

  /**
   * Bounds what the pattern may cost; `maxVisited` is 1,000,000 unless given.
   * @throws RangeError for a bound that is not a number >= 0
   */
  within({ limit, ...bounds }: QueryBounds): Pattern<Types, Rows> {
    assertBounds(bounds);
    const pattern = this.#with({ bounds: { ...this.spec.bounds, ...bounds } });
    return limit === undefined ? pattern : pattern.limit(limit);
  }

  /** @throws GraphError LIMIT_EXCEEDED, TIMED_OUT, ABORTED, UNKNOWN_TYPE, here and in all that reads */
  async all(): Promise<readonly Rows[]> {
    return (await readMatches(this.#source, this.spec)) as readonly Rows[];
  }

  async first(): Promise<Rows | undefined> {
    return (await this.limit(Math.min(1, this.spec.limit ?? 1)).all())[0];
  }

  async count(): Promise<number> {
    return await countMatches(this.#source, this.spec);
  }

  /** Whether there is any match; reads no further than the first. */
  async exists(): Promise<boolean> {
    return (await countMatches(this.#source, { ...this.spec, limit: Math.min(1, this.spec.limit ?? 1) })) > 0;
  }

  /** Groups the matches by `NAME.FIELD`; without any all matches are one group. @throws TypeError when nothing has a name */
  groupBy<const Fields extends readonly FieldName<ReferencedRow<Rows>>[]>(
    ...fields: Fields
  ): Grouping<ReferencedRow<Rows>, GroupedRow<ReferencedRow<Rows>, Fields>> {
    for (const field of fields) assertNamed(this.spec, field);
    return new Grouping(groupedMatchesOf(this.#source, this.spec), { by: fields, aggregates: {} });
  }

  /** Finds the matches and tells how: where it began, and how much was read. */
  async explain(): Promise<PatternReport> {
    return await reportMatches(this.#source, this.spec);
  }

  /** The matches one by one, all of one state of the store. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Rows, void, undefined> {
    for await (const row of iterateMatches(this.#source, this.spec)) yield row as Rows;
  }

  #step<After>(way: Way, types: string | readonly string[], options: object): Pattern<Types, After> {
    const step = { ...(options as Omit<NewStep, "from" | "way" | "types">), from: this.#at, way, types };
    return new Pattern(this.#source, addStep(this.spec, step), step.to);
  }

  #with(change: Partial<PatternSpec>): Pattern<Types, Rows> {
    return new Pattern<Types, Rows>(this.#source, { ...this.spec, ...change }, this.#at);
  }
}

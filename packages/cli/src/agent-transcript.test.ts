/** A session as an agent has it: it knows the documents and the JSON, and nothing of the code behind. */
import { expect, test } from "vitest";
import { outputShapes } from "./output-shapes.ts";
import { shapeToSchema } from "./shape.ts";
import { CliWorld } from "./testing/cli-world.ts";
import { misfits } from "./testing/infer-shape.ts";

type Json = Readonly<Record<string, unknown>>;

/** One agent in the world: its name, its token, and the envelope as documented. */
function agent(world: CliWorld, name: string) {
  const env = { KNOT_AGENT: name, KNOT_TOKEN: `secret-of-${name}` };
  const call = async (line: readonly string[], input?: string) => {
    const { exitCode, stdout, stderr } = await world.run(
      [...line, "--json"],
      input === undefined ? { env } : { env, input },
    );
    expect(stderr).toBe("");
    const envelope = JSON.parse(stdout) as { v: number; ok: boolean; data: Json; page?: Json; error: Json };
    expect(envelope).toMatchObject({ v: 1, ok: exitCode === 0 });
    const path = Object.keys(outputShapes)
      .filter((each) => line.join(" ").startsWith(each))
      .sort((a, b) => b.length - a.length)[0];
    if (envelope.ok && envelope.data !== null)
      expect(misfits(envelope.data, shapeToSchema(outputShapes[path ?? ""] ?? "any")), line.join(" ")).toEqual([]);
    return { exitCode, ...envelope };
  };
  return {
    do: async (line: readonly string[], input?: string): Promise<Json> => {
      const answer = await call(line, input);
      expect(answer.ok, `${line.join(" ")}: ${JSON.stringify(answer.error)}`).toBe(true);
      return answer.data;
    },
    refused: async (line: readonly string[]): Promise<readonly [number, unknown]> => {
      const { exitCode, error } = await call(line);
      return [exitCode, error["code"]];
    },
  };
}

test("two agents work from prime through claim, decision, note and handoff to the end", async () => {
  const world = new CliWorld();
  const [ada, bob] = [agent(world, "ada"), agent(world, "bob")];
  await ada.do(["init"]);
  const plan = [
    { op: "task create", ref: "parser", title: "Write the parser", priority: "high" },
    { op: "task create", ref: "tests", title: "Test the parser", dependsOn: ["$parser"] },
  ];
  await ada.do(["batch", "--idempotency-key", "plan-1"], plan.map((item) => JSON.stringify(item)).join("\n"));

  // Ada begins: one task is ready, she takes it.
  const primed = await ada.do(["prime"]);
  expect(primed).toMatchObject({ me: { name: "ada" }, claims: [], ready: [{ title: "Write the parser" }] });
  const claimed = await ada.do(["task", "next", "--claim", "--ttl", "30m", "--token", "secret-of-ada"]);
  const { id: parser } = claimed["task"] as { id: string };
  const fence = String(claimed["fence"]);
  expect((primed["ready"] as Json[])[0]?.["id"]).toBe(parser);

  // Bob finds nothing ready, cannot take what Ada has, and cannot finish it.
  expect(await bob.do(["task", "next"])).toBeNull();
  expect(await bob.refused(["task", "claim", parser])).toEqual([4, "CLAIM_HELD"]);
  expect((await bob.refused(["task", "complete", parser, "--fence", fence]))[0]).toBe(4);

  // Ada decides, notes, and hands over.
  const decision = await ada.do([
    ...["decision", "log", "By hand, no generator"],
    ...["--rationale", "The grammar is small", "--alternative", "A generator", "--affects", parser],
  ]);
  await ada.do(["note", parser, "Half of the grammar is done", "--kind", "progress"]);
  const offer = await ada.do([
    ...["handoff", "initiate", parser, "--to", "bob", "--fence", fence],
    ...["--done", "lexer", "--remaining", "grammar", "--instructions", "Go on with the grammar"],
  ]);

  // Bob learns of it from prime, reads why, and accepts: the claim moves, Ada's fence is stale.
  const bobs = await bob.do(["prime", "--since", String(primed["cursor"]), "--tokens", "1000"]);
  expect(bobs["handoffs"]).toMatchObject([{ id: offer["id"], task: parser, from: "ada", remaining: ["grammar"] }]);
  expect((bobs["changes"] as Json[]).map(({ id }) => id)).toContain(decision["id"]);
  const why = await bob.do(["decision", "why", parser]);
  expect(JSON.stringify(why)).toContain("By hand, no generator");
  const accepted = await bob.do(["handoff", "accept", String(offer["id"]), "--token", "secret-of-bob"]);
  expect(Number(accepted["fence"])).toBeGreaterThan(Number(fence));
  expect(await ada.refused(["task", "complete", parser, "--fence", fence])).toEqual([4, "STALE_FENCE"]);
  expect(await ada.do(["prime"])).toMatchObject({ claims: [] });

  // Bob finishes; the next task is ready now.
  await bob.do(["task", "complete", parser, "--fence", String(accepted["fence"]), "--retrospective", "Small is good"]);
  await bob.do(["handoff", "complete", String(offer["id"]), "--result", '{"grammar":"done"}']);
  expect(await bob.do(["prime"])).toMatchObject({ claims: [], handoffs: [], ready: [{ title: "Test the parser" }] });
  expect(await bob.do(["doctor"])).toMatchObject({ ok: true });
});

test("fifty tasks are listed for people in at most 6,000 bytes", async () => {
  const world = new CliWorld();
  const ada = agent(world, "ada");
  await ada.do(["init"]);
  const items = Array.from({ length: 50 }, (_, index) => ({
    op: "task create",
    title: `Make part ${index} of the machine work under load`,
    description: "Long ".repeat(100),
    priority: "high",
    tags: ["machine"],
  }));
  await ada.do(["batch"], items.map((item) => JSON.stringify(item)).join("\n"));
  const human = (await world.run(["task", "list", "-n", "50"])).stdout;
  expect(human.split("\n").length).toBeGreaterThan(50);
  expect(Buffer.byteLength(human)).toBeLessThanOrEqual(6_000);
});

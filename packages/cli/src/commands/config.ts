/** `knot config list`, `get`, `set`, `unset`. */
import { knownSettings, type KnownSettingKey } from "@knotwork/domain";
import { type Command, defineCommand } from "../command.ts";
import { line, span, table } from "../output/document.ts";
import { textArgument } from "../parsing/option-spec.ts";
import { pageOfItems } from "./page-of-items.ts";
import { changeOptions, listOptions, writeOptionsOf } from "./shared-options.ts";

const keyArgument = textArgument("key", `${Object.keys(knownSettings).join(", ")}, or one of your own: user.NAME`);

export const configList: Command = defineCommand({
  path: "config list",
  summary: "List the settings of the store",
  details: "With their values, those that nobody has set, too. All who use the store share them.",
  args: {},
  options: listOptions,
  examples: [{ line: "knot config list", why: "what can be set, and what is" }],
  run: async (context, { limit, after }) => {
    const set = new Map((await (await context.read()).settings.list()).map((setting) => [setting.key, setting]));
    const known = Object.entries(knownSettings).map(([key, { summary, default: value }]) => {
      const own = set.get(key);
      return { key, value: own?.value ?? String(value), set: own !== undefined, summary };
    });
    const users = [...set.values()]
      .filter(({ key }) => !Object.hasOwn(knownSettings, key))
      .map(({ key, value }) => ({ key, value, set: true, summary: "" }));
    const { items, page } = pageOfItems([...known, ...users], { limit, after }, ({ key }) => key);
    return {
      data: { items },
      page,
      document: () => [
        table(
          [{ title: "setting" }, { title: "value", flexible: true }, { title: "" }],
          items.map(({ key, value, set: isSet, summary }) => [
            key,
            isSet ? span(value, "bold") : span(value, "dim"),
            span(summary, "dim"),
          ]),
        ),
      ],
    };
  },
});

export const configGet: Command = defineCommand({
  path: "config get",
  summary: "Show one setting",
  args: { key: keyArgument },
  options: {},
  examples: [{ line: "knot config get prime.tokens", why: "what holds now" }],
  run: async (context, { key }) => {
    const stored = await (await context.read()).settings.get(key);
    const fallback = Object.hasOwn(knownSettings, key) ? String(knownSettings[key as KnownSettingKey].default) : null;
    const value = stored ?? fallback;
    return {
      data: { key, value, set: stored !== undefined },
      document: () => [line(value ?? span("not set", "dim"))],
    };
  },
});

export const configSet: Command = defineCommand({
  path: "config set",
  summary: "Set a setting for all who use the store",
  args: { key: keyArgument, value: textArgument("value", "Its value") },
  options: changeOptions,
  examples: [
    { line: "knot config set claim.ttlMs 1800000", why: "claims last half an hour unless told otherwise" },
    { line: "knot config set user.branch release-2", why: "a word for all agents of the project" },
  ],
  run: async (context, { key, value, ...write }) => {
    const knot = await context.write();
    const { value: now, version } = await knot.settings.set(key, value, writeOptionsOf(context, write));
    return { data: { key, value: now, version }, document: () => [line([span("Set ", "green"), `${key} to ${now}`])] };
  },
});

export const configUnset: Command = defineCommand({
  path: "config unset",
  summary: "Go back to the default of a setting",
  args: { key: keyArgument },
  options: changeOptions,
  examples: [{ line: "knot config unset prime.tokens", why: "the default holds again" }],
  run: async (context, { key, ...write }) => {
    const { value } = await (await context.write()).settings.unset(key, writeOptionsOf(context, write));
    return { data: { key, was: value }, document: () => [line([span("Unset ", "green"), `${key}, it was ${value}`])] };
  },
});

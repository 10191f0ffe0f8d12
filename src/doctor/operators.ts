/** The doctor on the people behind agents: whether GitHub knows them. Whether they are available now says `/orchestrate agents`. */
import { z } from "zod";
import { operatorsOf } from "../engine/capacities.ts";
import type { Config } from "../model/config.ts";
import type { Finding } from "../views/doctor-page.ts";
import { ok, warning, type Ask } from "./ask.ts";

/** A request each: the doctor is no roll call of a large company. */
const lookedUpMax = 50;

const User = z.object({ type: z.string() });

export async function checkOperators(ask: Ask, config: Config): Promise<readonly Finding[]> {
  const logins = operatorsOf(config);
  if (logins.length === 0) return [];
  const unknown: string[] = [];
  for (const login of logins.slice(0, lookedUpMax)) {
    const answer = await ask("GET /users/{username}", User, { username: login });
    if (answer.kind !== "data" || answer.data.type !== "User") unknown.push(login);
  }
  const subject = "Operators";
  if (unknown.length > 0) {
    const message = `GitHub knows no user ${unknown.join(", ")}, and nothing is started for operators who do not exist.`;
    return [warning(subject, message, "Correct `agents[].operators` in .github/orchestrate.yml.")];
  }
  const rest = logins.length - lookedUpMax;
  return [
    ok(
      subject,
      `GitHub knows ${rest > 0 ? `the first ${lookedUpMax}; ${rest} more were not looked up` : "all of them"}.`,
    ),
  ];
}

/** `orchestrate doctor`: whether a repository has all that Orchestrate needs. Reads only. */
import { reach } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { examine } from "../doctor/doctor.ts";
import { renderDoctorPage } from "../views/doctor-page.ts";

/** Prints what it finds. Returns 1 when something is broken, 0 when it works, also with warnings. */
export async function runDoctor(name: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  const { repository, connection, surroundings } = await reach(name);
  const findings = await examine({
    connection,
    repository,
    env: process.env,
    surroundings,
  });
  await (options.json === true ? printJson({ findings }) : print(renderDoctorPage(findings)));
  return findings.some(({ level }) => level === "error") ? 1 : 0;
}

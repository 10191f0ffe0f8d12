/** The live page: one string, no build. It polls the state and writes text only as text. */

const style = `
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
  * { box-sizing: border-box; }
  body { margin: 0; font: 14px/1.4 system-ui, sans-serif; }
  header { display: flex; gap: 1rem; align-items: baseline; padding: .7rem 1rem; border-bottom: 1px solid var(--line); flex-wrap: wrap; }
  h1 { font-size: 1rem; margin: 0; } h2 { font-size: .8rem; margin: 0 0 .4rem; opacity: .7; font-weight: 600; }
  main { display: grid; grid-template-columns: minmax(0, 1fr) 20rem; gap: 1rem; padding: 1rem; }
  #graph { display: flex; gap: 1rem; overflow-x: auto; position: relative; padding-bottom: .5rem; }
  .stage { flex: 0 0 12.5rem; display: flex; flex-direction: column; gap: .5rem; }
  .card { border: 1px solid var(--line); border-left: .35rem solid var(--status, #888); border-radius: .4rem; padding: .4rem .55rem; background: var(--soft); transition: border-color .3s, opacity .3s; }
  .card b { display: block; font-weight: 600; overflow-wrap: anywhere; }
  .card small { opacity: .75; display: block; overflow-wrap: anywhere; }
  .pending, .blocked { --status: #8a8f98; } .ready { --status: #2f81f7; } .assigned { --status: #8957e5; }
  .in_progress { --status: #d29922; } .review { --status: #1f9db5; } .needs_input, .manual_review { --status: #db6d28; }
  .completed { --status: #2da44e; opacity: .7; } .failed, .upstream_failed { --status: #cf222e; } .cancelled { --status: #57606a; opacity: .5; }
  .agent { margin-bottom: .7rem; } .slots { display: flex; flex-wrap: wrap; gap: .3rem; }
  .slot { min-width: 3.5rem; padding: .1rem .4rem; border: 1px dashed var(--line); border-radius: .3rem; font-size: .8rem; }
  .busy { border-style: solid; border-color: #d29922; background: #d2992222; }
  #log { height: 22rem; overflow-y: auto; margin: 0; padding: .5rem; border: 1px solid var(--line); border-radius: .4rem; font: 12px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
  #summary { white-space: pre; overflow-x: auto; font: 12px/1.5 ui-monospace, monospace; margin: 0 1rem 1rem; padding: .7rem; border: 1px solid var(--line); border-radius: .4rem; }
  @media (max-width: 60rem) { main { grid-template-columns: 1fr; } }
`;

const script = `
  "use strict";
  const find = (id) => document.getElementById(id);
  const make = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const words = { needs_input: "needs input", in_progress: "in progress", manual_review: "manual review", upstream_failed: "upstream failed" };
  const clock = (ms) => {
    const seconds = Math.round(ms / 1000), minutes = Math.floor(seconds / 60);
    const two = (value) => String(value).padStart(2, "0");
    return Math.floor(minutes / 60) + ":" + two(minutes % 60) + ":" + two(seconds % 60);
  };
  let cursor = 0;
  function drawGraph(tasks) {
    const stages = [];
    for (const task of tasks) (stages[task.stage] ??= []).push(task);
    find("graph").replaceChildren(...Array.from(stages, (members, index) => {
      const column = make("div", "stage");
      column.append(make("h2", "", "Stage " + (index + 1)));
      for (const task of members ?? []) {
        const card = make("div", "card " + (/^[a-z_]+$/.test(task.status) ? task.status : ""));
        card.append(make("b", "", "#" + task.number + " " + task.title));
        const worker = task.worker === null ? "" : " \\u00b7 " + task.worker;
        const attempts = task.attempts > 1 ? " \\u00b7 attempt " + task.attempts : "";
        card.append(make("small", "", (words[task.status] ?? task.status) + worker + attempts));
        if (task.blockedBy.length > 0) card.append(make("small", "", "after " + task.blockedBy.join(", ")));
        column.append(card);
      }
      return column;
    }));
  }
  function drawAgents(agents) {
    find("agents").replaceChildren(...agents.map((agent) => {
      const box = make("div", "agent");
      box.append(make("h2", "", agent.id));
      const slots = make("div", "slots");
      slots.append(...agent.slots.map((task) => make("span", task === null ? "slot" : "slot busy", task ?? "free")));
      box.append(slots);
      return box;
    }));
  }
  function drawLog(lines) {
    if (lines.length === 0) return;
    const log = find("log");
    const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 30;
    log.append(lines.join("\\n") + "\\n");
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }
  async function draw() {
    let pauseMs = 400;
    try {
      const state = await (await fetch("/live/state?after=" + cursor)).json();
      cursor = state.cursor;
      const done = state.tasks.filter((task) => task.status === "completed").length;
      find("name").textContent = state.name;
      find("progress").textContent = done + " of " + state.tasks.length + " done";
      find("clock").textContent = clock(state.elapsedMs);
      find("outcome").textContent = state.outcome ?? "running";
      drawGraph(state.tasks);
      drawAgents(state.agents);
      drawLog(state.lines);
      if (state.summary !== null) {
        find("summary").hidden = false;
        find("summary").textContent = state.summary;
        pauseMs = 5000;
      }
    } catch {
      find("outcome").textContent = "not reachable";
      pauseMs = 2000;
    }
    setTimeout(draw, pauseMs);
  }
  draw();
`;

/** The page and the policy that goes with it: its own script by nonce, and nothing from anywhere else. */
export function renderLivePage(nonce: string): { readonly html: string; readonly policy: string } {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Orchestrate: live</title>
<style nonce="${nonce}">${style}</style>
<header>
  <h1>Orchestrate</h1><span id="name"></span><span id="progress"></span><span id="clock" title="Virtual time"></span><strong id="outcome" role="status"></strong>
</header>
<main>
  <section aria-label="Tasks"><div id="graph"></div></section>
  <aside aria-label="Agents"><div id="agents"></div><h2>Log</h2><pre id="log" tabindex="0"></pre></aside>
</main>
<pre id="summary" hidden></pre>
<script nonce="${nonce}">${script}</script>
</html>
`;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  return { html, policy };
}

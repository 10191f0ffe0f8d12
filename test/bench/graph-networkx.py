"""Plans tasks with NetworkX: `graph-networkx.py FILE SAMPLES wall|cpu`. Prints the milliseconds of each part of each run as JSON."""

import json
import sys
import time

import networkx as nx

now = time.process_time if sys.argv[3] == "cpu" else time.perf_counter


def measure(text):
    tasks = json.loads(text)
    laps = {}

    def lap(part, work):
        begin = now()
        result = work()
        laps[part] = (now() - begin) * 1000
        return result

    def build():
        graph = nx.DiGraph()
        graph.add_nodes_from(task["id"] for task in tasks)
        graph.add_weighted_edges_from(
            (blocker["on"], task["id"], task["estimateMinutes"]) for task in tasks for blocker in task["blockedBy"]
        )
        return graph

    graph = lap("build", build)
    order = lap("order", lambda: list(nx.topological_sort(graph)))
    stages = lap("stages", lambda: list(nx.topological_generations(graph)))
    if not lap("cycles", lambda: nx.is_directed_acyclic_graph(graph)):
        raise SystemExit("The graph has a cycle.")
    path = lap("criticalPath", lambda: nx.dag_longest_path(graph, topo_order=order))
    minutes_of = {task["id"]: task["estimateMinutes"] for task in tasks}
    plan = {"tasks": len(order), "stages": len(stages), "minutes": sum(minutes_of[task] for task in path)}
    return {"laps": laps, "plan": plan}


with open(sys.argv[1], encoding="utf-8") as file:
    content = file.read()
print(json.dumps([measure(content) for _ in range(int(sys.argv[2]))]))

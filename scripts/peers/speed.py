"""karat's metrics beside the reference scorers on large inputs: medians of five, karat and peer taking turns.

Both are timed without reading: karat gives the seconds of the computation itself, on data that are in memory, a peer's are those of the
scoring call. The column `process` is karat's whole process, reading a line of JSON of several megabytes included.
"""

import json
import os
import random
import statistics
import subprocess
import time
import warnings

from nervaluate import Evaluator
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2
from sklearn import metrics as sk

warnings.filterwarnings("ignore")
RUNS = 5


def tags(entities):
    """100,000 entities of four types in 500,000 tokens, a sixth of them damaged."""
    rng = random.Random(3)
    kinds = ("PER", "LOC", "ORG", "MISC")
    gold, predicted = [], []
    for start in range(0, entities, 5):
        line, other = [], []
        for _ in range(min(5, entities - start)):
            kind, damage = rng.choice(kinds), rng.randrange(12)
            line += [f"B-{kind}", f"I-{kind}", "O", "O", "O"]
            wrong = rng.choice(kinds) if damage == 0 else kind
            other += [f"B-{wrong}", "O" if damage == 1 else f"I-{kind}", "O", "O", "O"]
        gold.append(line)
        predicted.append(other)
    return gold, predicted


def clusterings(items, clusters):
    """Pareto sizes, a tenth of the items moved at random."""
    rng = random.Random(1)
    weights = [rng.paretovariate(1.2) for _ in range(clusters)]
    key = list(range(clusters)) + rng.choices(range(clusters), weights, k=items - clusters)
    response = [rng.randrange(clusters) if rng.random() < 0.1 else label for label in key]
    return key, response


def timed(call):
    start = time.perf_counter()
    value = call()
    return time.perf_counter() - start, value


def row(name, case, peer_name, peer, of_karat):
    line = json.dumps(case) + "\n"
    command = [os.environ["KARAT"], "metric", "--seconds"]
    run = lambda: json.loads(subprocess.run(command, input=line, capture_output=True, text=True, check=True).stdout)
    ours, processes, theirs = [], [], []
    for _ in range(RUNS):
        seconds, answer = timed(run)
        processes.append(seconds)
        ours.append(answer["seconds"])
        seconds, value = timed(peer)
        theirs.append(seconds)
    assert abs(of_karat(answer) - value) < 1e-9, (name, of_karat(answer), value)
    ours, process, theirs = map(statistics.median, (ours, processes, theirs))
    print(
        f"{name:<38} karat {ours:7.4f} s (process {process:6.3f})   {peer_name:<24} {theirs:7.3f} s   ratio {theirs / ours:7.1f}",
        flush=True,
    )


def spans(lines):
    """Entities of tag lines as label, start and exclusive end; an I- of another type opens one, as with the peers."""
    documents = []
    for line in lines:
        found = []
        for at, tag in enumerate(line):
            if tag.startswith("B-"):
                found.append([tag[2:], at, at + 1])
            elif tag.startswith("I-") and tag[2:] == found[-1][0]:
                found[-1][2] = at + 1
            elif tag.startswith("I-"):
                found.append([tag[2:], at, at + 1])
        documents.append(found)
    return documents


def main():
    gold, predicted = tags(100_000)
    case = {"metric": "tags", "gold": gold, "predicted": predicted}
    micro = lambda answer: answer["micro"]["f1"]
    row("tags, lenient, 100,000 entities", {**case, "mode": "seqeval"}, "seqeval", lambda: f1_score(gold, predicted), micro)
    row(
        "tags, strict, 100,000 entities",
        {**case, "mode": "seqeval-strict", "scheme": "IOB2"},
        "seqeval strict",
        lambda: f1_score(gold, predicted, mode="strict", scheme=IOB2),
        micro,
    )
    row(
        "tags, four schemas, 100,000",
        {**case, "mode": "nervaluate-1.2.1"},
        "nervaluate",
        lambda: Evaluator(gold, predicted, tags=["PER", "LOC", "ORG", "MISC"], loader="list").evaluate()["overall"]["strict"].f1,
        lambda answer: answer["overall"]["strict"]["f1"],
    )
    row(
        "own four match rules, 100,000",
        {"metric": "mentions", "gold": spans(gold), "predicted": spans(predicted)},
        "nervaluate",
        lambda: Evaluator(gold, predicted, tags=["PER", "LOC", "ORG", "MISC"], loader="list").evaluate()["overall"]["strict"].f1,
        lambda answer: answer["strict"]["f1"],
    )
    key, response = clusterings(100_000, 25_000)
    row(
        "all cluster metrics, 100,000 items",
        {"metric": "clusters", "key": key, "response": response},
        "scikit-learn ARI alone",
        lambda: sk.adjusted_rand_score(key, response),
        lambda answer: answer["ari"],
    )
    rng = random.Random(2)
    positive = [rng.random() < 0.1 for _ in range(1_000_000)]
    scores = [rng.random() + 0.5 * hit for hit in positive]
    row(
        "AP with the curve as JSON, 1,000,000",
        {"metric": "ranking", "scores": scores, "positive": positive},
        "scikit-learn AP alone",
        lambda: sk.average_precision_score(positive, scores),
        lambda answer: answer["average_precision"],
    )


if __name__ == "__main__":
    main()

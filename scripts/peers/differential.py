"""karat's metrics against the reference scorers, on random cases with a fixed seed.

Every kind of case is computed by `karat metric` and by its reference; a difference above 1e-9 is an error unless it is one of
the intended ones, which are counted by name and explained in METHODOLOGY.md.
"""

import argparse
import collections
import json
import math
import os
import random
import subprocess
import sys
import warnings

import numpy
from nervaluate import Evaluator
from scipy.optimize import linear_sum_assignment
from scipy.stats import kendalltau, spearmanr
from seqeval import scheme as schemes
from seqeval.metrics import classification_report
from sklearn import metrics as sk

warnings.filterwarnings("ignore")
numpy.seterr(all="ignore")

SCHEMES = {name: getattr(schemes, name) for name in ("IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU")}
LETTERS = {"IOB1": "IOB", "IOB2": "IOB", "IOE1": "IOE", "IOE2": "IOE", "IOBES": "IOBES", "BILOU": "BILOU"}
SCHEMAS = ("ent_type", "exact", "partial", "strict")


class Intended(Exception):
    """A difference that METHODOLOGY.md explains."""


def close(ours, theirs):
    if isinstance(theirs, dict):
        return isinstance(ours, dict) and ours.keys() == theirs.keys() and all(close(ours[k], theirs[k]) for k in theirs)
    if isinstance(theirs, (list, tuple)):
        return isinstance(ours, list) and len(ours) == len(theirs) and all(map(close, ours, theirs))
    if theirs is None or isinstance(theirs, str):
        return ours == theirs
    if ours is None:
        return math.isnan(theirs)
    return abs(ours - theirs) <= 1e-9


def undefined(ours, theirs, name, value):
    """karat leaves empty what the reference fills with a convention."""
    if ours is None and theirs == value:
        raise Intended(name)


# --- tags ---------------------------------------------------------------------------------------------------------------


def valid_line(rng, scheme, kinds):
    """A sentence of a valid tag sequence."""
    entities, at = [], 0
    for _ in range(rng.randrange(5)):
        start = at + rng.choice((0, 0, 1, 2))
        at = start + rng.choice((1, 1, 2, 3))
        entities.append((start, at, rng.choice(kinds)))
    tags = ["O"] * (at + rng.randrange(3))
    for i, (start, end, kind) in enumerate(entities):
        after = i > 0 and entities[i - 1][1:] == (start, kind)
        before = i + 1 < len(entities) and entities[i + 1][0] == end and entities[i + 1][2] == kind
        for token in range(start, end):
            first, last = token == start, token + 1 == end
            letter = "I"
            if scheme == "IOB1" and first and after or scheme == "IOB2" and first:
                letter = "B"
            elif scheme == "IOE1" and last and before or scheme == "IOE2" and last:
                letter = "E"
            elif scheme in ("IOBES", "BILOU"):
                single, final = ("S", "E") if scheme == "IOBES" else ("U", "L")
                letter = single if first and last else "B" if first else final if last else "I"
            tags[token] = f"{letter}-{kind}"
    return tags


def any_tag(rng, letters, kinds):
    letter = rng.choice(letters)
    if letter == "O":
        return "O"
    if rng.random() < 0.03:
        return rng.choice((letter, letter + "-", letter + "-X-Y", letter + "X"))
    return f"{letter}-{rng.choice(kinds)}"


def tag_lines(rng, scheme, letters):
    """Gold and prediction: valid, valid with damage, or any letters at all."""
    kinds = ("A", "B") if rng.random() < 0.7 else ("A", "B", "CC")
    gold, predicted = [], []
    for _ in range(rng.randrange(1, 5)):
        line = valid_line(rng, scheme, kinds)
        if rng.random() < 0.2:
            line = [any_tag(rng, letters, kinds) for _ in line]
        how = rng.random()
        if how < 0.3:
            other = list(line)
        elif how < 0.5:
            other = valid_line(rng, scheme, kinds)
            other = (other + ["O"] * len(line))[: len(line)]
        else:
            other = [any_tag(rng, letters, kinds) for _ in line]
        for i in range(len(line)):
            if rng.random() < 0.1:
                other[i] = any_tag(rng, letters, kinds)
        gold.append(line)
        predicted.append(other)
    return gold, predicted


def report(gold, predicted, **options):
    table = classification_report(gold, predicted, output_dict=True, **options)
    row = lambda r: {"precision": r["precision"], "recall": r["recall"], "f1": r["f1-score"], "support": r["support"]}
    averages = {name: row(table.pop(f"{name} avg")) for name in ("micro", "macro", "weighted")}
    return {**averages, "types": {name: row(values) for name, values in table.items()}}


def compare_tags(ours, theirs):
    if not theirs["types"]:
        # The mean over no types is NaN in the original's arithmetic.
        theirs = {**theirs, "macro": None, "weighted": None}
    return close(ours, theirs)


def seqeval_case(rng):
    scheme = rng.choice(list(SCHEMES))
    gold, predicted = tag_lines(rng, scheme, "OOIBESUL" if rng.random() < 0.3 else LETTERS[scheme])
    return {"metric": "tags", "mode": "seqeval", "gold": gold, "predicted": predicted}


def seqeval_reference(case):
    return report(case["gold"], case["predicted"])


def strict_case(rng):
    scheme = rng.choice(list(SCHEMES))
    gold, predicted = tag_lines(rng, scheme, "OOIBESUL" if rng.random() < 0.02 else LETTERS[scheme])
    return {"metric": "tags", "mode": "seqeval-strict", "scheme": scheme, "gold": gold, "predicted": predicted}


def strict_reference(case):
    try:
        return report(case["gold"], case["predicted"], mode="strict", scheme=SCHEMES[case["scheme"]])
    except ValueError:
        return {"error": True}


def compare_strict(ours, theirs):
    if "error" in ours or "error" in theirs:
        return "error" in ours and "error" in theirs
    return compare_tags(ours, theirs)


# --- nervaluate ---------------------------------------------------------------------------------------------------------


def nervaluate_values(gold, predicted, loader, labels):
    try:
        results = Evaluator(gold, predicted, tags=labels, loader=loader).evaluate()
    except ValueError:
        return {"error": True}
    names = ("correct", "incorrect", "partial", "missed", "spurious", "precision", "recall", "f1")
    row = lambda r: {name: getattr(r, name) for name in names}
    rows = lambda by_schema: {name: row(by_schema[name]) for name in SCHEMAS}
    return {
        "overall": rows(results["overall"]),
        "types": {label: rows(values) for label, values in results["entities"].items()},
    }


def nervaluate_tags_case(rng):
    gold, predicted = tag_lines(rng, "IOB2", "OIBE" if rng.random() < 0.05 else "OIB")
    clean = lambda lines: [[t if t == "O" or t[1:2] == "-" else t[0] + "-A" for t in line] for line in lines]
    return {"metric": "tags", "mode": "nervaluate-1.2.1", "gold": clean(gold), "predicted": clean(predicted)}


def nervaluate_tags_reference(case):
    labels = sorted({t[2:] for side in ("gold", "predicted") for line in case[side] for t in line if t != "O"})
    return nervaluate_values(case["gold"], case["predicted"], "list", labels)


def compare_nervaluate(ours, theirs):
    if "error" in ours or "error" in theirs:
        return "error" in ours and "error" in theirs
    return close(ours, theirs)


def nervaluate_spans_case(rng):
    def document():
        spans, count = [], rng.randrange(8)
        for _ in range(count):
            start = rng.randrange(30)
            length = rng.choice((0, 1, 1, 2, 3, 5, 150))
            spans.append([rng.choice("ABC"), start, start + length])
        return spans

    documents = rng.randrange(1, 4)
    gold = [document() for _ in range(documents)]
    predicted = []
    for spans in gold:
        other = [[rng.choice((k, k, "A")), max(0, s + rng.choice((0, 0, 0, 1, -1))), e + rng.choice((0, 0, 0, 1))] for k, s, e in spans]
        other = [span for span in other if span[1] <= span[2] and rng.random() < 0.8] + document()[:2]
        rng.shuffle(other)
        predicted.append(other)
    return {"metric": "spans", "gold": gold, "predicted": predicted}


def nervaluate_spans_reference(case):
    side = lambda name: [[{"label": k, "start": s, "end": e} for k, s, e in document] for document in case[name]]
    return nervaluate_values(side("gold"), side("predicted"), "dict", list("ABC"))


def mentions_case(rng):
    """Flat gold; each prediction touches one gold span at most and each gold span one prediction: there nothing is to be matched."""
    gold, predicted = [], []
    for _ in range(rng.randrange(1, 4)):
        spans, other, at = [], [], 0
        for _ in range(rng.randrange(7)):
            start = at + rng.randrange(2)
            end = start + rng.choice((1, 1, 2, 3, 6))
            at = end
            kind = rng.choice("ABC")
            how = rng.random()
            if how < 0.9:
                spans.append([kind, start, end])
            if how < 0.75 or how > 0.85:
                first = rng.randrange(start, end) if rng.random() < 0.3 else start
                last = rng.randrange(first + 1, end + 1) if rng.random() < 0.3 else end
                other.append([kind if rng.random() < 0.7 else rng.choice("ABC"), first, last])
        rng.shuffle(other)
        gold.append(spans)
        predicted.append(other)
    return {"metric": "mentions", "gold": gold, "predicted": predicted}


def mentions_reference(case):
    side = lambda name: [[{"label": k, "start": s, "end": e - 1} for k, s, e in document] for document in case[name]]
    return nervaluate_values(side("gold"), side("predicted"), "dict", list("ABC"))["overall"]


def compare_mentions(ours, theirs):
    ours = {**ours, "ent_type": ours["type"]}
    intended = None
    for schema, reference in theirs.items():
        for name, value in reference.items():
            mine = ours[schema]["missing" if name == "missed" else name]
            if mine is None and value == 0 and name in ("precision", "recall", "f1"):
                intended = "mentions: a ratio without denominator is undefined, nervaluate says 0"
            elif not close(mine, value):
                return False
    if intended:
        raise Intended(intended)
    return True


# --- clusters -----------------------------------------------------------------------------------------------------------


def clusters_case(rng):
    items = rng.choice((0, 1, 2, 5, 12, 30, 60))
    names = max(1, int(items * rng.random()))
    missing = rng.choice((0, 0, 0.2))
    label = lambda: None if rng.random() < missing else rng.randrange(names)
    key = [label() for _ in range(items)]
    response = [k if rng.random() < 0.6 else label() for k in key]
    return {"metric": "clusters", "key": key, "response": response}


def clusters_reference(case):
    pairs = [(k, r) for k, r in zip(case["key"], case["response"]) if k is not None or r is not None]
    keys = sorted({k for k, _ in pairs if k is not None})
    responses = sorted({r for _, r in pairs if r is not None})
    overlap = numpy.zeros((len(keys), len(responses)))
    for k, r in pairs:
        if k is not None and r is not None:
            overlap[keys.index(k), responses.index(r)] += 1
    of_key = numpy.array([sum(k == name for k, _ in pairs) for name in keys])
    of_response = numpy.array([sum(r == name for _, r in pairs) for name in responses])
    share = lambda part, whole: part / whole if whole else None
    values = {}
    if len(keys) and len(responses):
        dice = 2 * overlap / (of_key[:, None] + of_response[None, :])
        best = [m[linear_sum_assignment(m, maximize=True)].sum() for m in (overlap, dice)]
    else:
        best = [0.0, 0.0]
    values["ceaf_m_recall"] = share(best[0], of_key.sum())
    values["ceaf_m_precision"] = share(best[0], of_response.sum())
    values["ceaf_e_recall"] = share(best[1], len(keys))
    values["ceaf_e_precision"] = share(best[1], len(responses))
    # Items on one side only are clusters of one on the other.
    left = [k if k is not None else 1000 + i for i, (k, _) in enumerate(pairs)]
    right = [r if r is not None else 1000 + i for i, (_, r) in enumerate(pairs)]
    values["ari"] = sk.adjusted_rand_score(left, right)
    homogeneity, completeness, v_measure = sk.homogeneity_completeness_v_measure(left, right)
    values.update(homogeneity=homogeneity, completeness=completeness, v_measure=v_measure)
    matrix = sk.cluster.pair_confusion_matrix(left, right)
    (_, false_positives), (false_negatives, both) = matrix
    values["pairwise_precision"] = share(both, both + false_positives)
    values["pairwise_recall"] = share(both, both + false_negatives)
    return values


def compare_clusters(ours, theirs):
    intended = None
    for name, value in theirs.items():
        if ours[name] is None and value == 1.0 and name in ("ari", "homogeneity", "completeness", "v_measure"):
            intended = "clusters: nothing to compare is undefined, scikit-learn says 1"
        elif not close(ours[name], value):
            return False
    if intended:
        raise Intended(intended)
    return True


# --- rankings and agreement ---------------------------------------------------------------------------------------------


def ranking_case(rng):
    items = rng.randrange(1, 40)
    digits = rng.choice((0, 1, 6))
    scores = [round(rng.uniform(-1, 1), digits) + 0.0 for _ in range(items)]
    share = rng.choice((0, 0.1, 0.5, 1))
    return {"metric": "ranking", "scores": scores, "positive": [rng.random() < share for _ in scores]}


def ranking_reference(case):
    precision, recall, thresholds = sk.precision_recall_curve(case["positive"], case["scores"])
    return {
        "average_precision": sk.average_precision_score(case["positive"], case["scores"]),
        "best_f1": max(2 * p * r / (p + r) if p + r else 0.0 for p, r in zip(precision[:-1], recall[:-1])),
        "thresholds": list(thresholds[::-1]),
        "precisions": list(precision[:-1][::-1]),
        "recalls": list(recall[:-1][::-1]),
    }


def compare_ranking(ours, theirs):
    if ours["average_precision"] is None:
        # No positive item: scikit-learn says 0 for average precision and 1 for recall.
        same = ours["thresholds"] == theirs["thresholds"] and close(ours["precisions"], theirs["precisions"])
        if same and set(ours["recalls"]) == {None}:
            raise Intended("ranking: no positives is undefined, scikit-learn says 0 (recall 1)")
    return close(ours, theirs)


def correlation_case(rng):
    items = rng.randrange(2, 30)
    digits = rng.choice((0, 1, 6))
    left = [round(rng.uniform(-2, 2), digits) for _ in range(items)]
    right = [round(x * rng.choice((0, 1, -1)) + rng.uniform(-1, 1), digits) for x in left]
    return {"metric": "correlation", "left": left, "right": right}


def correlation_reference(case):
    return {
        "spearman": float(spearmanr(case["left"], case["right"]).statistic),
        "kendall": float(kendalltau(case["left"], case["right"]).statistic),
    }


def matthews_case(rng):
    return {"metric": "matthews", "counts": [rng.choice((0, 1, 2, 5, 17, 90)) for _ in range(4)]}


def matthews_reference(case):
    tp, fp, fn, tn = case["counts"]
    truth = [1] * tp + [0] * fp + [1] * fn + [0] * tn
    answer = [1] * tp + [1] * fp + [0] * fn + [0] * tn
    return {"matthews": sk.matthews_corrcoef(truth, answer) if truth else 0.0}


def compare_matthews(ours, theirs):
    undefined(ours["matthews"], theirs["matthews"], "matthews: an empty row or column is undefined, scikit-learn says 0", 0)
    return close(ours, theirs)


def kappa_case(rng):
    labels = "abc"[: rng.randrange(1, 4)]
    left = [rng.choice(labels) for _ in range(rng.randrange(1, 30))]
    right = [a if rng.random() < 0.5 else rng.choice(labels) for a in left]
    return {"metric": "kappa", "left": left, "right": right}


def kappa_reference(case):
    return {"kappa": float(sk.cohen_kappa_score(case["left"], case["right"]))}


KINDS = {
    "seqeval": (seqeval_case, seqeval_reference, compare_tags),
    "seqeval strict": (strict_case, strict_reference, compare_strict),
    "nervaluate tags": (nervaluate_tags_case, nervaluate_tags_reference, compare_nervaluate),
    "nervaluate spans": (nervaluate_spans_case, nervaluate_spans_reference, compare_nervaluate),
    "mentions": (mentions_case, mentions_reference, compare_mentions),
    "clusters": (clusters_case, clusters_reference, compare_clusters),
    "ranking": (ranking_case, ranking_reference, compare_ranking),
    "correlation": (correlation_case, correlation_reference, close),
    "matthews": (matthews_case, matthews_reference, compare_matthews),
    "kappa": (kappa_case, kappa_reference, close),
}


def karat(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    run = subprocess.run([os.environ["KARAT"], "metric"], input=lines, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"karat metric failed with {run.returncode}: {run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=500, help="random cases of each kind")
    parser.add_argument("--seed", type=int, default=20170917)
    parser.add_argument("--only", choices=KINDS, help="one kind only")
    options = parser.parse_args()
    failed = 0
    intended = collections.Counter()
    for kind, (make, reference, compare) in KINDS.items():
        if options.only not in (None, kind):
            continue
        rng = random.Random(f"{options.seed} {kind}")
        cases = [make(rng) for _ in range(options.cases)]
        answers = karat(cases)
        if len(answers) != len(cases):
            sys.exit(f"{kind}: {len(answers)} answers to {len(cases)} cases")
        differences, explained = 0, 0
        for case, ours in zip(cases, answers):
            theirs = reference(case)
            try:
                same = compare(ours, theirs)
            except Intended as name:
                intended[str(name)] += 1
                explained += 1
                continue
            if not same:
                differences += 1
                if differences <= 3:
                    print(f"DIFFERENT ({kind})\n  case  {json.dumps(case)}\n  karat {ours}\n  peer  {theirs}")
        failed += differences
        print(f"{kind:<18} {len(cases):>6} cases  {differences} unexplained  {explained} intended differences", flush=True)
    for name, count in sorted(intended.items()):
        print(f"intended, {count} times: {name}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Token average precision of a detector on TED zh-en talks 5 and 7 (MQM error spans) with 1, 2, 4 and 12 sibling systems beside the judged one.

Usage: run.py PATH/mqm_ted_zhen.talks-5-7.tsv [--detector witness] [--only-major] [--karat BINARY]
Data: github.com/google/wmt-mqm-human-evaluation, TED zh-en (Apache-2.0). Each system's translation of a talk is one document, one segment a line.
Tokens are ranked by the confidence of the flags that touch them; ties count by their expected order. The share of wrong tokens is printed beside, which
is what a ranking by chance reaches.
"""
import argparse, collections, csv, io, json, pathlib, random, re, statistics, subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
KARAT = ROOT / "target/release/karat"


def read(path, only_major):
    """{talk: {system: (text, [bad byte ranges])}}; several raters and errors of one segment are joined."""
    segments = collections.defaultdict(dict)
    errors = collections.defaultdict(list)
    for row in csv.DictReader(open(path, newline="", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE):
        key = (row["doc"], row["system"], int(row["seg_id"]))
        plain = re.sub(r"</?v>", "", row["target"])
        segments[key[:2]][key[2]] = plain
        found = re.search(r"<v>(.*?)</v>", row["target"])
        if found and row["severity"] != "No-error" and (row["severity"] == "Major" or not only_major):
            start = len(row["target"][:found.start()].encode())
            errors[key].append((start, start + len(found.group(1).encode())))
    talks = collections.defaultdict(dict)
    for (talk, system), by_number in segments.items():
        text, bad = "", []
        for number in sorted(by_number):
            base = len(text.encode())
            bad += [(base + a, base + b) for a, b in errors[talk, system, number]]
            text += by_number[number] + "\n"
        talks[talk][system] = (text, bad)
    return talks


def detect(texts, detector, karat):
    """{document: [(start, end, confidence)]} in bytes."""
    data = "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items())
    run = subprocess.run([karat, "predict", "-t", "garble", "-e", detector, "--threshold", "0", "-"], input=data, capture_output=True, text=True, check=True)
    found = {name: [] for name in texts}
    for row in csv.DictReader(io.StringIO(run.stdout)):
        found[row["document"]].append((int(row["start"]), int(row["end"]), float(row["confidence"])))
    return found


def average_precision(scored):
    """Expected average precision with ties in random order (groups of equal score)."""
    groups = collections.defaultdict(lambda: [0, 0])
    for score, wrong in scored:
        groups[score][0] += wrong
        groups[score][1] += 1
    total = sum(wrong for _, wrong in scored)
    if not total:
        return None
    seen = hits = result = 0
    for score in sorted(groups, reverse=True):
        wrong, size = groups[score]
        for place in range(1, size + 1):
            expected_hits = hits + (wrong - wrong / size) * (place - 1) / max(size - 1, 1) + 1 if wrong else 0
            result += (wrong / size) * expected_hits / (seen + place)
        seen += size
        hits += wrong
    return result / total


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("path")
    arguments.add_argument("--detector", default="witness")
    arguments.add_argument("--only-major", action="store_true")
    arguments.add_argument("--karat", default=KARAT, help="another build to compare with")
    arguments = arguments.parse_args()
    talks = read(arguments.path, arguments.only_major)
    print("siblings  mean token AP  share of wrong tokens  documents")
    for siblings in (1, 2, 4, 12):
        found, shares = [], []
        for talk, systems in sorted(talks.items()):
            machines = sorted(name for name in systems if not name.startswith("ref"))
            for system in machines:
                rng = random.Random(f"{talk}/{system}")
                others = rng.sample([name for name in machines if name != system], min(siblings, len(machines) - 1))
                spans = detect({name: systems[name][0] for name in [system, *others]}, arguments.detector, arguments.karat)[system]
                text, bad = systems[system]
                data, scored = text.encode(), []
                for token in re.finditer(rb"[\w\x80-\xff]+|[^\w\s]", data):
                    wrong = any(a < token.end() and token.start() < b for a, b in bad)
                    score = max((s[2] for s in spans if s[0] < token.end() and token.start() < s[1]), default=0)
                    scored.append((round(score, 6), wrong))
                value = average_precision(scored)
                if value is not None:
                    found.append(value)
                    shares.append(sum(w for _, w in scored) / len(scored))
        print(f"{siblings:8}  {statistics.mean(found):13.3f}  {statistics.mean(shares):21.3f}  {len(found):9}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Names from a list: karat's gazetteer beside spaCy's blank pipeline with EntityRuler, in one run, on equal texts and names, one thread.

Usage: scripts/peers/entity-speed [--sizes 100 5000 50000] [--megabytes 4] [--passes 5]
Texts are the articles' words in another order with a name after every thirty words; names are given names joined with names of cities.
karat and spaCy take turns; the figures are medians over the passes. spaCy reads as many documents as it gets through in some seconds.
"""
import argparse, json, os, pathlib, random, statistics, subprocess, tempfile, time

import spacy

ROOT = pathlib.Path(__file__).resolve().parents[3]


def names(count):
    rng = random.Random(7)
    lists = ROOT / "src/entity/lists"
    given, cities = ((lists / file).read_text().split("\n")[:-1] for file in ("given-names.txt", "cities.txt"))
    found = set()
    while len(found) < count:
        found.add(f"{rng.choice(given)} {rng.choice(cities)}")
    return sorted(found)


def documents(names, megabytes):
    rng = random.Random(3)
    words = [w for path in sorted((ROOT / "gold/embassy/articles").glob("*.txt")) for w in path.read_text().split()]
    found, size = [], 0
    while size < megabytes * 1e6:
        parts = []
        for _ in range(12):
            parts += rng.choices(words, k=30) + [rng.choice(names)]
        text = " ".join(parts)
        found.append({"id": f"d{len(found):06}", "text": text})
        size += len(text.encode())
    return found


def ours(list_path, texts):
    arguments = [os.environ["PROBE"], "gazetteer", json.dumps({"list": str(list_path)})]
    data = "".join(json.dumps(d) + "\n" for d in texts)
    run = subprocess.run(arguments, input=data, capture_output=True, text=True, check=True)
    rate, found = run.stdout.split()
    return float(rate), int(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 5000, 50000])
    parser.add_argument("--megabytes", type=float, default=4)
    parser.add_argument("--passes", type=int, default=5)
    args = parser.parse_args()
    print(f"{'names':>7} {'karat MB/s':>11} {'spaCy MB/s':>11} {'ratio':>7}   names found in the same texts")
    for size in args.sizes:
        listed = names(size)
        texts = documents(listed, args.megabytes)
        nlp = spacy.blank("en")
        ruler = nlp.add_pipe("entity_ruler")
        ruler.add_patterns([{"label": "PER", "pattern": name} for name in listed])
        few = texts[:400]
        few_bytes = sum(len(d["text"].encode()) for d in few)
        rates, theirs = [], []
        with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
            file.write("".join(f"{name}\tPER\n" for name in listed))
            file.flush()
            _, found = ours(file.name, few)
            for _ in range(args.passes):
                rates.append(ours(file.name, texts)[0])
                start = time.perf_counter()
                hits = sum(len(nlp(d["text"]).ents) for d in few)
                theirs.append(few_bytes / 1e6 / (time.perf_counter() - start))
        mine, peer = statistics.median(rates), statistics.median(theirs)
        print(f"{size:>7} {mine:>11.1f} {peer:>11.2f} {mine / peer:>7.0f}   karat {found}, spaCy {hits}", flush=True)


if __name__ == "__main__":
    main()

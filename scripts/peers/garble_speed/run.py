#!/usr/bin/env python3
"""Throughput of the garble detectors beside datatrove, ftfy and KenLM: one thread, one run, equal documents.

Usage: run.py [--megabytes 20] [--passes 5] [--only NAME ...]
Documents of about 2.4 KB are made from the articles in gold/ by shuffling sentences and replacing one word in twenty, so that no filter
exits early for want of words. Peers get as many documents as they read in about three seconds. Medians over the passes.
"""
import argparse, json, pathlib, random, re, statistics, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROBE = ROOT / "target/release/examples/garble_probe"


def documents(megabytes, seed=1):
    rng = random.Random(seed)
    sentences = []
    for path in sorted((ROOT / "gold").glob("*/articles/*.txt")):
        sentences += [s for s in re.split(r"(?<=[.?!”])\s+", path.read_text()) if len(s) > 30]
    words = sorted({w for s in sentences for w in s.split() if w.isalpha()})
    found, size = [], 0
    while size < megabytes * 1e6:
        lines, length = [], 0
        while length < 2400:
            paragraph = " ".join(rng.choice(sentences) for _ in range(3)).split()
            paragraph = [rng.choice(words) if rng.random() < 0.05 else w for w in paragraph]
            lines.append(" ".join(paragraph))
            length += len(lines[-1].encode())
        found.append({"id": f"d{len(found):06}", "text": "\n\n".join(lines)})
        size += length
    return found


def ours(name, texts, passes, params="", training=None):
    arguments = [PROBE, "--time", str(passes), name, params] + ([training] if training else [])
    data = "".join(json.dumps(d) + "\n" for d in texts)
    run = subprocess.run(arguments, input=data, capture_output=True, text=True)
    return float(run.stdout.split("\t")[1]) if run.returncode == 0 else None


def theirs(call, texts, passes):
    start, size, count = time.perf_counter(), 0, 0
    while time.perf_counter() - start < 3 and count < len(texts):
        call(texts[count]["text"])
        size += len(texts[count]["text"].encode())
        count += 1
    rates = [size / 1e6 / (time.perf_counter() - start)]
    for _ in range(passes - 1):
        start = time.perf_counter()
        for document in texts[:count]:
            call(document["text"])
        rates.append(size / 1e6 / (time.perf_counter() - start))
    return statistics.median(rates)


def peers():
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
    filters = {"c4": C4QualityFilter(), "gopher-quality": GopherQualityFilter(), "gopher-repetition": GopherRepetitionFilter(),
               "fineweb": FineWebQualityFilter()}
    found = {name: ("datatrove 0.10.1", lambda text, f=f: f.filter(Document(text=text, id="x"))) for name, f in filters.items()}
    from ftfy.badness import badness
    found["mojibake"] = ("ftfy 6.3.1 badness", badness)
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--megabytes", type=float, default=20)
    arguments.add_argument("--passes", type=int, default=5)
    arguments.add_argument("--only", nargs="*", default=["c4", "gopher-quality", "gopher-repetition", "fineweb", "boilerplate", "balance",
                                                          "mojibake", "charset", "repetition", "compression", "char-lm", "word-lm"])
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "-q", "--release", "--example", "garble_probe"], cwd=ROOT, check=True)
    texts = documents(arguments.megabytes)
    held_out = documents(2, seed=2)
    against = peers()
    print(f"{'detector':18} {'karat MB/s':>10}  peer")
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as training:
        training.writelines(json.dumps(d) + "\n" for d in held_out)
        training.flush()
        for name in arguments.only:
            rate = ours(name, texts, arguments.passes, "", training.name if name.endswith("-lm") else None)
            line = f"{name:18} {rate if rate is None else format(rate, '10.1f')}"
            if name in against and rate:
                peer, call = against[name]
                other = theirs(call, texts, arguments.passes)
                line += f"  {peer} {other:.3f} MB/s, {rate / other:.0f} times"
            print(line, flush=True)


if __name__ == "__main__":
    main()

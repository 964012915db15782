#!/usr/bin/env python3
"""Checks `word-lm` against KenLM and against a slow modified Kneser-Ney written from the paper, to 1e-6.

Usage: run.py
1. karat trains a trigram model on the sentences of the articles in gold/, exports it as ARPA and scores every sentence; the `kenlm` package
   reads the same file and scores the same sentences (log10 differences below 1e-4 per sentence: ARPA and KenLM hold 32-bit floats).
2. Every probability in the ARPA file is compared with one computed here from plain counts in 64-bit floats: relative difference below 1e-6.
"""
import collections, math, pathlib, re, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
ORDER = 3


def discounts(counts):
    n = collections.Counter(counts.values())
    if any(n[k] == 0 for k in (1, 2, 3, 4)):
        return (0.5, 1.0, 1.5)
    y = n[1] / (n[1] + 2 * n[2])
    found = tuple(k - (k + 1) * y * n[k + 1] / n[k] for k in (1, 2, 3))
    return found if all(0 <= d <= k for k, d in enumerate(found, 1)) else (0.5, 1.0, 1.5)


def slow(sentences):
    padded = [["<s>", *s, "</s>"] for s in sentences]
    raw = {n: collections.Counter(tuple(s[i:i + n]) for s in padded for i in range(len(s) - n + 1)) for n in range(1, ORDER + 1)}
    counts = {ORDER: dict(raw[ORDER])}
    for n in range(1, ORDER):
        left = collections.Counter(g[1:] for g in raw[n + 1])
        counts[n] = {g: (c if g[0] == "<s>" else left[g]) for g, c in raw[n].items() if g != ("<s>",)}
    uniform = 1 / (len({w for s in padded for w in s if w != "<s>"}) + 1)
    tables = {}
    for n in range(1, ORDER + 1):
        d = discounts(counts[n])
        total, mass = collections.Counter(), collections.Counter()
        for g, c in counts[n].items():
            total[g[:-1]] += c
            mass[g[:-1]] += d[min(c, 3) - 1]
        for g, c in counts[n].items():
            lower = tables[g[1:]] if n > 1 else uniform
            tables[g] = (c - d[min(c, 3) - 1]) / total[g[:-1]] + mass[g[:-1]] / total[g[:-1]] * lower
    return tables


def main():
    import kenlm
    text = "\n".join(p.read_text() for p in sorted((ROOT / "gold").glob("*/articles/*.txt")))
    sentences = [re.findall(r"\w+|[^\w\s]", s.lower()) for s in re.split(r"(?<=[.?!])\s|\n", text)]
    sentences = [s for s in sentences if s]
    subprocess.run(["cargo", "build", "-q", "--release", "--example", "garble_probe"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.arpa"
        run = subprocess.run([ROOT / "target/release/examples/garble_probe", "--arpa", path, str(ORDER)],
                             input="\n".join(" ".join(s) for s in sentences), capture_output=True, text=True, check=True)
        mine = [float(line) for line in run.stdout.split()]
        peer = kenlm.Model(str(path))
        worst_sentence = max(abs(a - peer.score(" ".join(s))) for a, s in zip(mine, sentences))
        expected, worst, compared = slow(sentences), 0, 0
        for line in path.read_text().splitlines():
            part = line.split("\t")
            if len(part) < 2 or part[1] in ("<s>", "<unk>"):
                continue
            words = tuple(part[1].split(" "))
            worst = max(worst, abs(10 ** float(part[0]) - expected[words]))
            compared += 1
    print(f"{len(sentences)} sentences against kenlm: largest difference {worst_sentence:.2e} (log10)")
    print(f"{compared} of {len(expected)} n-grams against the slow estimate: largest difference {worst:.2e}")
    sys.exit(0 if worst_sentence < 1e-4 and worst < 1e-6 and compared == len(expected) else 1)


if __name__ == "__main__":
    main()

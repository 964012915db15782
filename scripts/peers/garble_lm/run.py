#!/usr/bin/env python3
"""Checks the n-gram models of `word-lm` and `char-lm` to 1e-6, in double precision.

Usage: run.py
karat trains models on the sentences of the articles in gold/, writes them as ARPA files with all digits, and gives the log10
probability of every word. What is compared:

1. Estimation: every probability in the file with modified Kneser-Ney computed here from plain counts, straight from Chen and Goodman,
   in double precision (relative difference).
2. Queries, word by word: with `full_scores` of the `kenlm` package, which reads the same file. KenLM keeps entries and the sum of a
   probability and its back-off weights in single precision; karat keeps the entries in single precision and sums in double.
3. Sentences: with the sum, in double precision, over the same table of single-precision entries by the textbook recursion.

`kenlm.Model.score` is no reference for sentences: it keeps a running sum in single precision, whose last place is 7.6e-6 from 64 on. The script
shows it by adding up KenLM's own words in single precision, which gives `score` bit for bit.
"""
import argparse, collections, math, pathlib, re, struct, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROBE = ROOT / "target/release/examples/garble_probe"
LIMIT = 1e-6


def single(value):
    """The value rounded to single precision."""
    return struct.unpack("f", struct.pack("f", value))[0]


def discounts(counts):
    n = collections.Counter(counts.values())
    if any(n[k] == 0 for k in (1, 2, 3, 4)):
        return (0.5, 1.0, 1.5)
    y = n[1] / (n[1] + 2 * n[2])
    found = tuple(k - (k + 1) * y * n[k + 1] / n[k] for k in (1, 2, 3))
    return found if all(0 <= d <= k for k, d in enumerate(found, 1)) else (0.5, 1.0, 1.5)


def slow(sentences, order):
    padded = [["<s>", *s, "</s>"] for s in sentences]
    raw = {n: collections.Counter(tuple(s[i:i + n]) for s in padded for i in range(len(s) - n + 1)) for n in range(1, order + 1)}
    counts = {order: dict(raw[order])}
    for n in range(1, order):
        left = collections.Counter(g[1:] for g in raw[n + 1])
        counts[n] = {g: (c if g[0] == "<s>" else left[g]) for g, c in raw[n].items() if g != ("<s>",)}
    uniform = 1 / (len({w for s in padded for w in s if w != "<s>"}) + 1)
    tables = {}
    for n in range(1, order + 1):
        d = discounts(counts[n])
        total, mass = collections.Counter(), collections.Counter()
        for g, c in counts[n].items():
            total[g[:-1]] += c
            mass[g[:-1]] += d[min(c, 3) - 1]
        for g, c in counts[n].items():
            lower = tables[g[1:]] if n > 1 else uniform
            tables[g] = (c - d[min(c, 3) - 1]) / total[g[:-1]] + mass[g[:-1]] / total[g[:-1]] * lower
    return tables


def read_arpa(path):
    table = {}
    for line in path.read_text().splitlines():
        part = line.split("\t")
        if len(part) >= 2:
            table[tuple(part[1].split(" "))] = (float(part[0]), float(part[2]) if len(part) > 2 else 0.0)
    return table


def textbook(table, words):
    """Log10 probability of the last word after the others."""
    if words in table:
        return table[words][0]
    if len(words) == 1:
        return table[("<unk>",)][0]
    return table.get(words[:-1], (0, 0.0))[1] + textbook(table, words[1:])


def check(name, sentences, order):
    import kenlm
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.arpa"
        text = "\n".join(" ".join(s) for s in sentences)
        # Every third sentence is kept out of training, so that unknown words and back-off to single words occur.
        train = [s for i, s in enumerate(sentences) if i % 3]
        run = subprocess.run([PROBE, "--arpa", path, str(order)], input="\n".join(" ".join(s) for s in train) + "\n\n" + text,
                             capture_output=True, text=True, check=True)
        mine = [[float(x) for x in line.split()] for line in run.stdout.splitlines()]
        peer = kenlm.Model(str(path))
        table = read_arpa(path)
        expected = slow(train, order)
        worst = max(abs(10 ** p / expected[g] - 1) for g, (p, _) in table.items() if g in expected)
        missing = len(expected.keys() - table.keys()) + len(table.keys() - expected.keys() - {("<s>",), ("<unk>",)})
        print(f"{name}: {len(expected)} n-grams against plain counts: largest relative difference {worst:.1e}, {missing} missing or too many")
        failed = worst >= LIMIT or missing
        float32 = {g: (single(p), single(b)) for g, (p, b) in table.items()}
        word = sentence = score = 0.0
        running = 0
        for s, scores in zip(sentences, mine, strict=True):
            theirs = [p for p, _, _ in peer.full_scores(" ".join(s))]
            padded = ("<s>", *s, "</s>")
            exact = [textbook(float32, padded[max(0, end - order):end]) for end in range(2, len(padded) + 1)]
            word = max([word] + [abs(a - b) for a, b in zip(scores, theirs, strict=True)])
            sentence = max(sentence, abs(sum(scores) - math.fsum(exact)))
            score = max(score, abs(sum(scores) - peer.score(" ".join(s))))
            sum32 = 0.0
            for p in theirs:
                sum32 = single(sum32 + p)
            running += sum32 == peer.score(" ".join(s))
        words = sum(map(len, mine))
        print(f"{name}: {words} words against KenLM: largest difference {word:.1e} (log10)")
        print(f"{name}: {len(sentences)} sentences against the double sum over the same entries: largest difference {sentence:.1e} (log10)")
        print(f"{name}: KenLM's score differs by up to {score:.1e}; it is the single-precision sum of its own words in {running} of {len(sentences)}")
        return failed or word >= LIMIT or sentence >= LIMIT


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    text = "\n".join(p.read_text() for p in sorted((ROOT / "gold").glob("*/articles/*.txt")))
    sentences = [re.findall(r"\w+|[^\w\s]", s.lower()) for s in re.split(r"(?<=[.?!])\s|\n", text)]
    sentences = [s for s in sentences if s]
    characters = [[c if c != " " else "<sp>" for c in " ".join(s)] for s in sentences]
    subprocess.run(["cargo", "build", "-q", "--release", "--example", "garble_probe"], cwd=ROOT, check=True)
    failed = check("words, order 3", sentences, 3)
    failed |= check("characters, order 6", characters, 6)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

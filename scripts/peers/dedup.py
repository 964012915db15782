"""karat's dedup beside its peers, on one core each, taking turns: medians of five, in MB of raw text per second.

Tokens differ a little: karat lower-cases and drops marks, gaoya splits at marks, Daft and the Python rows split at white space.
What is timed is stated per row; texts and, for the kernel rows, shingles are in memory before the clock starts.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import daft
import datasketch
import rensa

RUNS = 5
HASHES = 128
# datasketch takes minutes on all of it.
PART = 10


def shingles(text):
    words = text.lower().split()
    return [" ".join(words[at : at + 5]) for at in range(max(1, len(words) - 4))]


def daft_signatures(frame):
    expression = daft.col("text").minhash(num_hashes=HASHES, ngram_size=5, seed=1, hash_function="xxhash")
    frame.select(expression.alias("sketch")).collect()


def datasketch_signatures(texts):
    for text in texts:
        sketch = datasketch.MinHash(num_perm=HASHES)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])


def rensa_signatures(texts):
    for text in texts:
        sketch = rensa.RMinHash(num_perm=HASHES, seed=1)
        sketch.update(shingles(text))


def main():
    # One core for Python and the engines behind it; threads of the other side get both.
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/documents.txt"
        karat = subprocess.Popen([sys.argv[1], path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        size = int(karat.stdout.readline())
        os.sched_setaffinity(0, cores[:1])
        with open(path, encoding="utf-8") as file:
            texts = file.read().splitlines()
    some = texts[::PART]
    frame = daft.from_pydict({"text": texts}).collect()
    ready = [shingles(text) for text in texts]

    def job(name):
        def run():
            karat.stdin.write(name + "\n")
            karat.stdin.flush()
            return float(karat.stdout.readline())

        return run

    def timed(work, share=1):
        def run():
            start = time.perf_counter()
            work()
            return (time.perf_counter() - start) * share

        return run

    part = size / sum(len(text.encode()) for text in some)
    rows = {
        "karat signatures": job("karat signatures"),
        "karat signatures, 2 threads": job("karat signatures, 2 threads"),
        "daft signatures": timed(lambda: daft_signatures(frame)),
        "gaoya signatures": job("gaoya signatures"),
        "rensa signatures": timed(lambda: rensa_signatures(some), part),
        "datasketch signatures": timed(lambda: datasketch_signatures(some), part),
        "karat kernel": job("karat kernel"),
        "rensa kernel": timed(lambda: rensa.RMinHash.digest_matrix_from_token_sets(ready, HASHES, 1)),
        "karat pairs": job("karat pairs"),
        "karat pairs, 2 threads": job("karat pairs, 2 threads"),
        "gaoya pairs": job("gaoya pairs"),
        "karat simhash": job("karat simhash"),
        "karat exact": job("karat exact"),
        "karat split": job("karat split"),
        "karat words": job("karat words"),
        "karat shingles": job("karat shingles"),
    }
    seconds = {name: [] for name in rows}
    for _ in range(RUNS):
        for name, run in rows.items():
            seconds[name].append(run())
    karat.stdin.close()
    karat.wait()
    rate = {name: size / statistics.median(times) / 1e6 for name, times in seconds.items()}
    print(f"{len(texts)} documents, {size / 1e6:.1f} MB; median of {RUNS}; MB of raw text per second")
    for name, value in rate.items():
        kind = name.split(" ", 1)[1]
        own = rate.get("karat " + kind)
        ratio = "" if name.startswith("karat") or own is None else f"   karat {own / value:.1f} times"
        print(f"{name:<30} {value:8.1f}{ratio}")
    for kind in ("signatures", "pairs"):
        print(f"1 to 2 threads, {kind}: {rate[f'karat {kind}, 2 threads'] / rate[f'karat {kind}']:.2f} times")
    # Each job does all that the one before does, and a step more.
    steps = ["words", "shingles", "signatures"]
    times = [statistics.median(seconds[f"karat {step}"]) for step in steps]
    names = ["split and hash words", "shingle", "128 permutations"]
    shares = [f"{name} {(now - before) / times[-1]:.0%}" for name, now, before in zip(names, times, [0] + times)]
    print("share of a signature's time: " + ", ".join(shares))


if __name__ == "__main__":
    main()

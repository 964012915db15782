#!/usr/bin/env python3
"""Throughput of the garble detectors beside datatrove, ftfy, plsfix and KenLM: one thread, one run, equal documents.

Usage: run.py [--megabytes 20] [--passes 5] [--only NAME ...]
Documents of about 2.4 KB are made from the articles in gold/ by shuffling sentences and replacing one word in twenty, so that no filter
exits early for want of words. Peers get as many documents as they read in about two seconds. Medians over the passes, of processor time, so
that other work on the machine disturbs less; a rate far below earlier ones still means a busy machine.

KenLM scores the same text in lower case, already cut into words, which karat has to do itself; both read a trigram model trained by
karat on other documents made in the same way.
"""
import argparse, json, pathlib, random, re, resource, statistics, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROBE = ROOT / "target/release/examples/garble_probe"
# MB/s that each should reach, and how many times the first peer.
BARS = {"c4": (50, 100), "gopher-quality": (50, 100), "gopher-repetition": (50, 100), "fineweb": (50, 100), "mojibake": (100, 1), "word-lm": (40, 1)}
ALL = [*BARS, "boilerplate", "balance", "charset", "repetition", "consistency", "compression", "char-lm"]


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


def ours(name, data, passes, training):
    """Median over `passes` of the processor time of five passes more: reading and training are in both and fall out."""
    def seconds(count):
        arguments = [PROBE, "--time", str(count), name, "", *([training] if name.endswith("-lm") else [])]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run(arguments, input=data, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime if run.returncode == 0 else None
    size = sum(len(d["text"].encode()) for d in map(json.loads, data.splitlines()))
    rates = []
    for _ in range(passes):
        few, many = seconds(1), seconds(6)
        if few is None or many is None:
            return None
        rates.append(5 * size / 1e6 / max(many - few, 1e-3))
    return statistics.median(rates)


def cut(text):
    return " ".join(re.findall(r"\w+(?:['’-]\w+)*|[^\w\s]", text.lower()))


def theirs(call, texts, passes, prepare=None):
    texts = [(text, len(text.encode())) for text in (d["text"] for d in texts)]
    size, count = 0, 0
    ready = [prepare(text) if prepare else text for text, _ in texts]
    start = time.process_time()
    while time.process_time() - start < 2 and count < len(ready):
        call(ready[count])
        size += texts[count][1]
        count += 1
    rates = [size / 1e6 / (time.process_time() - start)]
    for _ in range(passes - 1):
        start = time.process_time()
        for text in ready[:count]:
            call(text)
        rates.append(size / 1e6 / (time.process_time() - start))
    return statistics.median(rates)


def filters():
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter
    made = {"c4": C4QualityFilter(), "gopher-quality": GopherQualityFilter(), "gopher-repetition": GopherRepetitionFilter(),
            "fineweb": FineWebQualityFilter()}
    return {name: [("datatrove 0.10.1", lambda text, f=f: f.filter(Document(text=text, id="x")), None)] for name, f in made.items()}


def peers(folder, training, wanted):
    found = filters() if set(wanted) & {"c4", "gopher-quality", "gopher-repetition", "fineweb"} else {}
    if "mojibake" in wanted:
        import plsfix
        from ftfy import fix_text
        from ftfy.badness import badness
        found["mojibake"] = [("plsfix fix_text", plsfix.fix_text, None), ("ftfy badness", badness, None), ("ftfy fix_text", fix_text, None)]
    if "word-lm" in wanted:
        import kenlm
        path = pathlib.Path(folder) / "model.arpa"
        lines = [cut(line) for d in training for line in d["text"].split("\n\n")]
        subprocess.run([PROBE, "--arpa", path, "3"], input="\n".join(lines) + "\n\n", text=True, check=True, stdout=subprocess.DEVNULL)
        model = kenlm.Model(str(path))
        found["word-lm"] = [("KenLM score", model.score, cut)]
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--megabytes", type=float, default=20)
    arguments.add_argument("--passes", type=int, default=5)
    arguments.add_argument("--only", nargs="*", default=ALL)
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "-q", "--release", "--example", "garble_probe"], cwd=ROOT, check=True)
    texts = documents(arguments.megabytes)
    data = "".join(json.dumps(d) + "\n" for d in texts).encode()
    held_out = documents(1, seed=2)
    with tempfile.TemporaryDirectory() as folder:
        training = pathlib.Path(folder) / "training.jsonl"
        training.write_text("".join(json.dumps(d) + "\n" for d in held_out))
        against = peers(folder, held_out, arguments.only)
        print(f"{'detector':18} {'karat MB/s':>10}  peers", flush=True)
        for name in arguments.only:
            rate = ours(name, data, arguments.passes, training)
            if rate is None:
                print(f"{name:18} {'failed':>10}", flush=True)
                continue
            line, times = f"{name:18} {rate:10.1f}", None
            for peer, call, prepare in against.get(name, []):
                other = theirs(call, texts, arguments.passes, prepare)
                times = times or rate / other
                line += f"  {peer} {other:.3g} MB/s ({rate / other:.3g} times)"
            if name in BARS:
                bar, ratio = BARS[name]
                line += "  reached" if rate >= bar and (times is None or times >= ratio) else f"  MISSED {bar} MB/s, {ratio} times"
            print(line, flush=True)


if __name__ == "__main__":
    main()

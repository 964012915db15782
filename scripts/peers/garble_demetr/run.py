#!/usr/bin/env python3
"""Share of DEMETR pairs in which a detector finds the damaged sentence worse than the clean one; a tie counts one half.

Usage: run.py FOLDER_WITH_JSONL DETECTOR [PARAMETERS_AS_JSON] [TRAINING_JSONL]
Data: github.com/marzenakrp/demetr (MIT). A sentence is as bad as the sum of the confidences of its flags.

For `word-lm` and `char-lm` a second column compares the mean log10 probability per symbol (a trigram over words, a 6-gram over characters,
both trained on TRAINING_JSONL): their flags mark what is unlikely for its own document, which says little about a single sentence.
"""
import json, pathlib, re, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROBE = ROOT / "target/release/examples/garble_probe"
ORDERS = {"word-lm": 3, "char-lm": 6}


def cut(text, detector):
    if detector == "word-lm":
        return " ".join(re.findall(r"\w+(?:['’-]\w+)*|[^\w\s]", text.lower()))
    return " ".join("<sp>" if c == " " else c for c in re.sub(r"\s+", " ", text.strip()))


def flagged(texts, detector, rest):
    lines = "".join(json.dumps({"id": f"{number:06}", "text": text}) + "\n" for number, text in enumerate(texts))
    run = subprocess.run([PROBE, detector, *(rest or [""])], input=lines, capture_output=True, text=True, check=True)
    return [round(sum(span[3] for span in row["spans"]), 6) for row in map(json.loads, run.stdout.splitlines())]


def unlikely(texts, detector, training):
    train = [cut(json.loads(line)["text"], detector) for line in open(training, encoding="utf-8")]
    with tempfile.NamedTemporaryFile() as arpa:
        lines = [line for line in train if line] + [""] + [cut(text, detector) for text in texts]
        run = subprocess.run([PROBE, "--arpa", arpa.name, str(ORDERS[detector])], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    scores = [[float(x) for x in line.split()] for line in run.stdout.splitlines()]
    return [-sum(s) / len(s) for s in scores]


def share(bad):
    pairs = list(zip(bad[0::2], bad[1::2], strict=True))
    return sum(1.0 if damaged > clean else 0.5 if damaged == clean else 0.0 for clean, damaged in pairs) / len(pairs)


def main():
    folder, detector, *rest = sys.argv[1:]
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        pairs = [json.loads(line) for line in path.open(encoding="utf-8")]
        texts = [pair[field] for pair in pairs for field in ("mt_sent", "pert_sent")]
        columns = f"flags {share(flagged(texts, detector, rest)):.3f}"
        if detector in ORDERS and len(rest) > 1:
            columns += f"  mean log10 {share(unlikely(texts, detector, rest[1])):.3f}"
        print(f"{path.stem:32} {columns}  of {len(pairs)} pairs")


if __name__ == "__main__":
    main()

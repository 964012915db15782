#!/usr/bin/env python3
"""Compares the decisions of c4, gopher-quality, gopher-repetition and fineweb with datatrove 0.10.1.

Usage: run.py [--documents 3000] [--seed 1]
Builds `garble_probe` and reads no data set: documents are made here, from prose of the articles in gold/ and from lines that stress
every rule (bullets, ellipses, repeated lines, code, cookies, numbers, Unicode line breaks, curly quotes).

datatrove cuts words with a spaCy tokenizer of its own. Two comparisons are made:
1. exact: datatrove's `split_into_words` is replaced by `str.split`, ours runs with words=whitespace; sentences of C4 are counted in
   both by end marks. Everything else is datatrove's own code. Every decision and its reason must be equal.
2. as shipped: datatrove with spaCy, ours with words=tokens. The share of equal decisions is printed, not asserted.
"""
import argparse, json, pathlib, random, re, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
FAMILIES = ["c4", "gopher-quality", "gopher-repetition", "fineweb"]
REASONS = {
    "lorem_ipsum": "LoremIpsum", "curly_bracket": "CurlyBracket", "too_few_sentences": "FewSentences",
    "gopher_short_doc": "short", "gopher_long_doc": "long", "gopher_below_avg_threshold": "short-words",
    "gopher_above_avg_threshold": "long-words", "gopher_too_many_hashes": "hashes", "gopher_too_many_ellipsis": "ellipses",
    "gopher_too_many_bullets": "bullets", "gopher_too_many_end_ellipsis": "ellipsis-lines",
    "gopher_below_alpha_threshold": "letters", "gopher_enough_stop_words": "stop-words", "empty": "empty",
    "dup_para_frac": "paragraphs", "dup_para_char_frac": "paragraph-characters", "dup_line_frac": "lines",
    "dup_line_char_frac": "line-characters", "line_punct_ratio": "end-marks", "short_line_ratio": "short-lines",
    "char_dup_ratio": "duplicates", "list_ratio": "line-breaks",
    **{f"top_{n}_gram": f"top-{n}-gram" for n in (2, 3, 4)},
    **{f"duplicated_{n}_n_grams": f"repeated-{n}-grams" for n in range(5, 11)},
}


def documents(count, seed):
    rng = random.Random(seed)
    lines = []
    for path in sorted((ROOT / "gold").glob("*/articles/*.txt")):
        lines += [line for line in path.read_text().split("\n") if line.strip()]
    words = sorted({word for line in lines for word in line.split()})
    odd = ["• a bullet point", "- another point here.", "Wait for it...", "And so on …", "#tag #tag #tag", "This site uses cookies to serve you.",
           "Please enable JavaScript now.", "function f() { return 1; }.", "Lorem ipsum dolor sit amet.", "It is so.[12]", "It is so [citation needed].",
           "12 34 56 78 90", "12.5 % of 300", "He said “go on.”", "He said \"go on.\"", "x" * 1200 + " is long.", "Déjà vu, naïveté。", "one\u2028two three four.",
           "Short.", "A\tb\x0bc d e f.", "a b c d e f g h i j", "the be to of and that have with", "--- *** ---", ""]
    for index in range(count):
        kind = rng.randrange(6)
        part = []
        for _ in range(rng.randrange(1, 40)):
            roll = rng.random()
            if kind == 0 or roll < 0.3:
                part.append(rng.choice(lines))
            elif kind == 1 and part and roll < 0.6:
                part.append(rng.choice(part))
            elif kind == 2 and roll < 0.7:
                part.append(rng.choice(odd))
            elif kind == 3:
                part.append(" ".join(rng.choice(words[:40]) for _ in range(rng.randrange(1, 30))))
            elif kind == 4 and roll < 0.6:
                phrase = rng.choice(lines).split()[:rng.randrange(2, 12)]
                part.append(" ".join(phrase * rng.randrange(1, 5)) + ".")
            else:
                part.append(" ".join(rng.choice(words) for _ in range(rng.randrange(1, 25))) + rng.choice([".", "", "!", "...", "”"]))
        yield {"id": f"d{index:05}", "text": rng.choice(["\n", "\n", "\n\n"]).join(part)}


def ours(texts, family, words):
    params = {} if family == "c4" else {"words": words}
    probe = ROOT / "target/release/examples/garble_probe"
    run = subprocess.run([probe, family, json.dumps(params)], input="".join(json.dumps(d) + "\n" for d in texts), capture_output=True, text=True, check=True)
    return {row["id"]: row["cause"] for row in map(json.loads, run.stdout.splitlines())}


def count_sentences(line, language=None):
    marks = list(re.finditer(r"[.?!]+[\"'”’)\]]*(?=\s|$)", line))
    rest = line[marks[-1].end():] if marks else line
    return [None] * (len(marks) + bool(rest.strip()))


def theirs(texts, patched):
    from datatrove.data import Document
    from datatrove.pipeline.filters import c4_filters, fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter
    if patched:
        for module in (gopher_quality_filter, gopher_repetition_filter, fineweb_quality_filter):
            module.split_into_words = lambda text, language=None: text.split()
        c4_filters.split_into_sentences = count_sentences
    filters = {"c4": c4_filters.C4QualityFilter(), "gopher-quality": gopher_quality_filter.GopherQualityFilter(),
               "gopher-repetition": gopher_repetition_filter.GopherRepetitionFilter(), "fineweb": fineweb_quality_filter.FineWebQualityFilter()}
    found = {}
    for family, rules in filters.items():
        for document in texts:
            try:
                answer = rules.filter(Document(text=document["text"], id=document["id"]))
            except ZeroDivisionError:  # datatrove divides by the number of words without asking
                answer = (False, "crash")
            found[family, document["id"]] = None if answer is True else REASONS.get(answer[1], answer[1])
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, default=3000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--shipped", type=int, default=300, help="documents for the comparison with spaCy (slow)")
    arguments = arguments.parse_args()
    subprocess.run(["cargo", "build", "-q", "--release", "--example", "garble_probe"], cwd=ROOT, check=True)
    texts = list(documents(arguments.documents, arguments.seed))
    shipped = theirs(texts[:arguments.shipped], patched=False)
    exact = theirs(texts, patched=True)
    failed = 0
    for family in FAMILIES:
        mine = ours(texts, family, "whitespace")
        crashes = [d["id"] for d in texts if exact[family, d["id"]] == "crash"]
        wrong = [d["id"] for d in texts if d["id"] not in crashes and mine[d["id"]] != exact[family, d["id"]]]
        dropped = sum(exact[family, d["id"]] is not None for d in texts)
        tokens = ours(texts[:arguments.shipped], family, "tokens")
        same = sum((tokens[d["id"]] is None) == (shipped[family, d["id"]] is None) for d in texts[:arguments.shipped])
        print(f"{family:18} {len(texts)} documents, {dropped} dropped by datatrove, {len(wrong)} differ, {len(crashes)} crash datatrove; "
              f"as shipped {same}/{min(arguments.shipped, len(texts))} equal decisions")
        for name in wrong[:5]:
            text = next(d["text"] for d in texts if d["id"] == name)
            print("   ", name, "datatrove", exact[family, name], "karat", mine[name], repr(text[:120]))
        failed += len(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Share of DEMETR pairs in which a detector finds the damaged sentence worse than the clean one; a tie counts one half.

Usage: run.py FOLDER_WITH_JSONL DETECTOR [PARAMETERS_AS_JSON] [TRAINING_JSONL]
Data: github.com/marzenakrp/demetr (MIT). A sentence is as bad as the sum of the confidences of its flags.
"""
import json, pathlib, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[3]


def main():
    folder, detector, *rest = sys.argv[1:]
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        pairs = [json.loads(line) for line in path.open(encoding="utf-8")]
        worse = 0.0
        lines = []
        for number, pair in enumerate(pairs):
            lines += [json.dumps({"id": f"{number:05}-{side}", "text": pair[field]}) for side, field in (("clean", "mt_sent"), ("damaged", "pert_sent"))]
        run = subprocess.run([ROOT / "target/release/examples/garble_probe", detector, *(rest or [""])], input="\n".join(lines) + "\n",
                             capture_output=True, text=True, check=True)
        bad = {row["id"]: round(sum(span[3] for span in row["spans"]), 6) for row in map(json.loads, run.stdout.splitlines())}
        for number in range(len(pairs)):
            clean, damaged = bad[f"{number:05}-clean"], bad[f"{number:05}-damaged"]
            worse += 1.0 if damaged > clean else 0.5 if damaged == clean else 0.0
        print(f"{path.stem:32} {worse / len(pairs):.3f} of {len(pairs)} pairs")


if __name__ == "__main__":
    main()

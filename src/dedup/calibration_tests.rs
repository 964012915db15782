//! Where default thresholds come from: public data with known copies, far from the articles of the gold.
//!
//! `KARAT_DATA=FOLDER cargo test --lib dedup::calibration_tests -- --nocapture` prints, for every built-in deduper, the threshold
//! that is best on the calibration part and what the default gives on it and on the part that decided nothing.
//!
//! - segments: talk 5 of the TED part of the WMT 2021 MQM data decides, three translations at a time (a passage of news has few
//!   copies), edited by dropping, merging, splitting and moving sentences, among a thousand sentences that have nothing to
//!   do with it (MLQE-PE et-en): in a corpus hardly any two sentences are copies. Talk 7 only reports.
//! - documents: twenty sentences of machine translation (MLQE-PE, et-en) beside a document in which a third, half, two thirds
//!   or all of them come back post-edited among others; ro-en only reports.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::corpus::Unit;
use crate::dedup::{Deduper, Request, algorithms};
use crate::params::Params;
use crate::task::{Level, rounded};
use crate::test_data;
use crate::text::hash::SplitMix;

/// Units with the pairs that are copies; pairs of one document and those in `ignored` are not judged.
struct Case {
    level: Level,
    texts: Vec<(u32, u32, String)>,
    copies: BTreeSet<(u32, u32)>,
    ignored: BTreeSet<(u32, u32)>,
}

/// Number of the talk, then per system the segments in order.
type Talk = BTreeMap<String, Vec<(u32, String)>>;

fn talk(folder: &Path, number: u32) -> Talk {
    let text = fs::read_to_string(folder.join("ted-mqm/mqm_ted_zhen.talks-5-7.tsv")).unwrap();
    let mut segments: BTreeMap<(String, u32), String> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells[1] == format!("talk.{number}") {
            let text = cells[6].replace("<v>", "").replace("</v>", "");
            segments
                .entry((cells[0].to_owned(), cells[3].parse().unwrap()))
                .or_insert(text);
        }
    }
    let mut talk = Talk::new();
    for ((system, segment), text) in segments {
        talk.entry(system).or_default().push((segment, text));
    }
    talk
}

/// All pairs of segments of a talk; the same segment is a copy.
fn published(talk: &Talk) -> Case {
    let mut case = Case::new(Level::Segment);
    let mut sources = Vec::new();
    for (document, segments) in (0u32..).zip(talk.values()) {
        for (position, (segment, text)) in (0u32..).zip(segments) {
            case.texts.push((document, position, text.clone()));
            sources.push(*segment);
        }
    }
    case.label(|a, b| Some(sources[a] == sources[b]));
    case
}

/// Some systems' texts of the talk after an editor, among strangers: of each system's text three in ten sentences go, some are merged with the next, some are split
/// at a comma, and in half of the documents two move elsewhere.
fn edited(talk: &Talk, systems: std::ops::Range<usize>, strangers: &[String]) -> Case {
    let mut numbers = SplitMix::new(5);
    let mut case = Case::new(Level::Segment);
    let mut sources: Vec<(BTreeSet<u32>, Option<u8>)> = Vec::new();
    let systems = talk.values().take(systems.end).skip(systems.start);
    for (document, segments) in (0u32..).zip(systems) {
        let kept: Vec<&(u32, String)> = segments.iter().filter(|_| numbers.unit() >= 0.3).collect();
        let mut units: Vec<(BTreeSet<u32>, Option<u8>, String)> = Vec::new();
        let mut at = 0;
        while let Some((segment, text)) = kept.get(at) {
            at += 1;
            let comma = text.match_indices(", ").map(|(comma, _)| comma);
            let comma = comma
                .filter(|&comma| comma > 20 && comma + 20 < text.len())
                .max();
            if let Some((next, more)) = kept.get(at).filter(|_| numbers.unit() < 0.15) {
                units.push((
                    BTreeSet::from([*segment, *next]),
                    None,
                    format!("{text} {more}"),
                ));
                at += 1;
            } else if let Some(comma) = comma.filter(|_| numbers.unit() < 0.15) {
                units.push((
                    BTreeSet::from([*segment]),
                    Some(1),
                    text[..comma].to_owned(),
                ));
                units.push((
                    BTreeSet::from([*segment]),
                    Some(2),
                    text[comma + 2..].to_owned(),
                ));
            } else {
                units.push((BTreeSet::from([*segment]), None, text.clone()));
            }
        }
        if numbers.unit() < 0.5 && units.len() > 6 {
            let from = numbers.below(units.len() - 2);
            let moved: Vec<_> = units.drain(from..from + 2).collect();
            let to = numbers.below(units.len());
            units.splice(to..to, moved);
        }
        for (position, (segments, piece, text)) in (0u32..).zip(units) {
            case.texts.push((document, position, text));
            sources.push((segments, piece));
        }
    }
    for (document, texts) in (1000u32..).zip(strangers.chunks(20)) {
        for (position, text) in (0u32..).zip(texts) {
            case.texts.push((document, position, text.clone()));
            sources.push((BTreeSet::new(), None));
        }
    }
    case.label(|a, b| {
        let ((left, piece), (right, other)) = (&sources[a], &sources[b]);
        let shared = !left.is_disjoint(right);
        // Two different pieces of one sentence are neither copies nor not.
        (!shared || piece.is_none() || other.is_none() || piece == other).then_some(shared)
    });
    case
}

fn lines(folder: &Path, pair: &str, side: &str) -> Vec<String> {
    let path = folder.join(format!("mlqe-pe/{pair}-dev/dev.{side}"));
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Machine translation beside its post-edit, sentence by sentence.
fn post_edits(folder: &Path, pair: &str) -> Case {
    let mut case = Case::new(Level::Segment);
    let sides = [lines(folder, pair, "mt"), lines(folder, pair, "pe")];
    let length = sides[0].len();
    for (document, side) in (0u32..).zip(sides) {
        for (position, text) in (0u32..).zip(side) {
            case.texts.push((document, position, text));
        }
    }
    case.label(|a, b| Some(a + length == b));
    case
}

/// Documents of twenty sentences; the second of each two holds post-edits of a third, half, two thirds or all of the first.
fn excerpts(folder: &Path, pair: &str) -> Case {
    let (mt, pe) = (lines(folder, pair, "mt"), lines(folder, pair, "pe"));
    let mut numbers = SplitMix::new(3);
    let mut case = Case::new(Level::Document);
    let half = mt.len() / 2;
    for number in 0..half / 20 {
        let from = 20 * number;
        let kept = [7, 10, 14, 20][number % 4];
        let mut second: Vec<String> = pe[from..from + 20].to_vec();
        while second.len() > kept {
            second.remove(numbers.below(second.len()));
        }
        // The rest is others' text, so that neither holds the other.
        for filler in &mt[half + from..half + from + 20 - kept] {
            second.insert(numbers.below(second.len() + 1), filler.clone());
        }
        let document = 2 * number as u32;
        case.texts
            .push((document, 0, mt[from..from + 20].join("\n")));
        case.texts.push((document + 1, 0, second.join("\n")));
    }
    case.label(|a, b| Some(a / 2 == b / 2));
    case
}

impl Case {
    fn new(level: Level) -> Self {
        Self {
            level,
            texts: Vec::new(),
            copies: BTreeSet::new(),
            ignored: BTreeSet::new(),
        }
    }

    fn label(&mut self, copy: impl Fn(usize, usize) -> Option<bool>) {
        for a in 0..self.texts.len() {
            for b in a + 1..self.texts.len() {
                let pair = (a as u32, b as u32);
                match copy(a, b) {
                    _ if self.texts[a].0 == self.texts[b].0 => {}
                    Some(true) => drop(self.copies.insert(pair)),
                    Some(false) => {}
                    None => drop(self.ignored.insert(pair)),
                }
            }
        }
    }

    /// Similarities of the judged pairs that were found, highest first, with what they are.
    fn found(&self, deduper: &dyn Deduper) -> Vec<(f64, bool)> {
        let units: Vec<Unit<'_>> = self
            .texts
            .iter()
            .map(|(document, position, text)| Unit {
                text,
                document: *document,
                position: *position,
            })
            .collect();
        let comparison = deduper.compare(
            &units,
            &Request {
                level: self.level,
                seed: 1,
                floor: 0.0,
            },
        );
        let mut similarities: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for pair in &comparison.pairs {
            similarities.insert((pair.a, pair.b), pair.similarity);
        }
        for group in &comparison.groups {
            for (at, &a) in group.iter().enumerate() {
                for &b in &group[at + 1..] {
                    similarities.insert((a, b), 1.0);
                }
            }
        }
        let mut found: Vec<(f64, bool)> = similarities
            .into_iter()
            .filter(|((a, b), _)| self.texts[*a as usize].0 != self.texts[*b as usize].0)
            .filter(|(pair, _)| !self.ignored.contains(pair))
            .map(|(pair, similarity)| (rounded(similarity), self.copies.contains(&pair)))
            .collect();
        found.sort_by(|x, y| y.0.total_cmp(&x.0));
        found
    }
}

fn f1_at(found: &[(f64, bool)], copies: usize, threshold: f64) -> f64 {
    let predicted = found
        .iter()
        .filter(|(similarity, _)| *similarity >= threshold);
    let (mut all, mut hits) = (0, 0);
    for (_, copy) in predicted {
        all += 1;
        hits += usize::from(*copy);
    }
    2.0 * hits as f64 / (all + copies) as f64
}

/// Highest F1, and the middle of the thresholds that give it.
fn best(found: &[(f64, bool)], copies: usize) -> (f64, f64) {
    let (mut best, mut low, mut high) = (0.0, 0.0, 0.0);
    let mut hits = 0;
    for (at, (similarity, copy)) in found.iter().enumerate() {
        hits += usize::from(*copy);
        let next = found.get(at + 1).map_or(0.0, |next| next.0);
        if next == *similarity {
            continue;
        }
        let f1 = 2.0 * hits as f64 / (at + 1 + copies) as f64;
        if f1 > best {
            (best, high, low) = (f1, *similarity, next);
        }
    }
    (best, f64::midpoint(low, high))
}

/// Prints one line per case and gives F1 at the default threshold by case.
fn report(
    name: &str,
    deduper: &dyn Deduper,
    cases: &[(&'static str, Vec<Case>)],
) -> BTreeMap<&'static str, f64> {
    let mut scores = BTreeMap::new();
    for (case, parts) in cases {
        let level = parts[0].level;
        if !deduper.levels().contains(&level) {
            continue;
        }
        let mut found: Vec<(f64, bool)> =
            parts.iter().flat_map(|part| part.found(deduper)).collect();
        found.sort_by(|x, y| y.0.total_cmp(&x.0));
        let copies = parts.iter().map(|part| part.copies.len()).sum();
        let (best, threshold) = best(&found, copies);
        let default = deduper.threshold(level);
        let score = f1_at(&found, copies, default);
        println!(
            "{name:<12} {case:<24} best F1 {best:.4} at {threshold:.3}; F1 {score:.4} at the default {default}"
        );
        scores.insert(*case, score);
    }
    scores
}

/// The cases by name; those of one name are counted together.
fn cases(folder: &Path) -> Vec<(&'static str, Vec<Case>)> {
    let strangers = lines(folder, "et-en", "mt");
    let (five, seven) = (talk(folder, 5), talk(folder, 7));
    let copies = |talk: &Talk| {
        let three = (0..15).step_by(3);
        three
            .map(|from| edited(talk, from..from + 3, &strangers))
            .collect()
    };
    vec![
        ("decides: talk 5 edited", copies(&five)),
        ("decides: et-en documents", vec![excerpts(folder, "et-en")]),
        ("reports: talk 5", vec![published(&five)]),
        ("reports: talk 7", vec![published(&seven)]),
        ("reports: talk 7 edited", copies(&seven)),
        ("reports: ro-en", vec![post_edits(folder, "ro-en")]),
        ("reports: ro-en documents", vec![excerpts(folder, "ro-en")]),
    ]
}

#[test]
fn thresholds_of_all_dedupers_on_public_data() {
    let Some(folder) = test_data::folder() else {
        return;
    };
    let cases = cases(&folder);
    let only = std::env::var("KARAT_DEDUPER").ok();
    for entry in algorithms() {
        if only.as_ref().is_some_and(|only| only != entry.name) {
            continue;
        }
        let (deduper, _) = entry.build(&Params::new()).unwrap();
        let scores = report(entry.name, deduper.as_ref(), &cases);
        if entry.name == "align" {
            assert!(scores["reports: talk 7"] >= 0.97, "{scores:?}");
        }
    }
}

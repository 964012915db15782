//! The four schemas of `nervaluate` 1.2.1, as that tool counts them.
//!
//! Kept for comparing with published figures. Use the span metrics for anything else: these are greedy in the order of the
//! predictions, take ends as inclusive (so that neighbours overlap when ends are exclusive), count an overlap below 1 % of the
//! gold entity as none, and give per-type figures that do not add up to the overall ones. Each is what the original does.

use std::collections::BTreeMap;

/// An entity of a document. The end is *inclusive*: the last token, or the last character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Type.
    pub label: String,
    /// First position.
    pub start: u32,
    /// Last position.
    pub end: u32,
}

/// The schemas, in the order of the original's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Schema {
    /// Same type, overlapping.
    EntType,
    /// Same bounds, any type.
    Exact,
    /// Same bounds, or overlapping for half the credit; any type.
    Partial,
    /// Same bounds and type.
    Strict,
}

impl Schema {
    /// All schemas.
    pub const ALL: [Self; 4] = [Self::EntType, Self::Exact, Self::Partial, Self::Strict];

    /// The name that the original uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EntType => "ent_type",
            Self::Exact => "exact",
            Self::Partial => "partial",
            Self::Strict => "strict",
        }
    }
}

/// Counts of one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SchemaCounts {
    /// COR.
    pub correct: u64,
    /// INC.
    pub incorrect: u64,
    /// PAR.
    pub partial: u64,
    /// MIS.
    pub missed: u64,
    /// SPU.
    pub spurious: u64,
}

impl SchemaCounts {
    fn credit(self) -> f64 {
        self.correct as f64 + 0.5 * self.partial as f64
    }

    /// Credit over all predictions; 0 without any, as in the original.
    pub fn precision(self) -> f64 {
        let actual = self.correct + self.incorrect + self.partial + self.spurious;
        share(self.credit(), actual)
    }

    /// Credit over all gold entities; 0 without any, as in the original.
    pub fn recall(self) -> f64 {
        let possible = self.correct + self.incorrect + self.partial + self.missed;
        share(self.credit(), possible)
    }

    /// Harmonic mean of both; 0 where it is undefined, as in the original.
    pub fn f1(self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        let sum = precision + recall;
        if sum > 0.0 {
            2.0 * (precision * recall) / sum
        } else {
            0.0
        }
    }

    fn add(&mut self, other: Self) {
        self.correct += other.correct;
        self.incorrect += other.incorrect;
        self.partial += other.partial;
        self.missed += other.missed;
        self.spurious += other.spurious;
    }
}

/// What the original's `evaluate` returns, without indices. Each array is in the order of [`Schema::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nervaluate {
    /// Over all types.
    pub overall: [SchemaCounts; 4],
    /// Each type scored as if there were no others.
    pub types: BTreeMap<String, [SchemaCounts; 4]>,
}

/// Scores documents of entities, gold and predicted in the same order. Where one list is shorter its missing documents are empty.
///
/// The order of entities within a document matters, as it does in the original.
pub fn evaluate(gold: &[Vec<Entity>], predicted: &[Vec<Entity>]) -> Nervaluate {
    let mut result = Nervaluate::default();
    let empty = Vec::new();
    for document in 0..gold.len().max(predicted.len()) {
        let gold: Vec<&Entity> = gold.get(document).unwrap_or(&empty).iter().collect();
        let predicted: Vec<&Entity> = predicted.get(document).unwrap_or(&empty).iter().collect();
        count(&gold, &predicted, &mut result.overall);
        let mut by_type: BTreeMap<&str, (Vec<&Entity>, Vec<&Entity>)> = BTreeMap::new();
        for entity in &gold {
            by_type.entry(&entity.label).or_default().0.push(entity);
        }
        for entity in &predicted {
            by_type.entry(&entity.label).or_default().1.push(entity);
        }
        for (label, (gold, predicted)) in by_type {
            if !result.types.contains_key(label) {
                result.types.insert(label.to_owned(), Default::default());
            }
            if let Some(counts) = result.types.get_mut(label) {
                count(&gold, &predicted, counts);
            }
        }
    }
    result
}

fn share(part: f64, whole: u64) -> f64 {
    if whole > 0 { part / whole as f64 } else { 0.0 }
}

fn count(gold: &[&Entity], predicted: &[&Entity], totals: &mut [SchemaCounts; 4]) {
    let index = Index::new(gold);
    let mut near = Vec::new();
    let mut matched = [const { Vec::new() }; 4].map(|_: Vec<bool>| vec![false; gold.len()]);
    let mut counts = [SchemaCounts::default(); 4];
    for prediction in predicted {
        index.overlapping(prediction, &mut near);
        for (schema, (matched, counts)) in Schema::ALL
            .into_iter()
            .zip(matched.iter_mut().zip(&mut counts))
        {
            let open = near.iter().copied().filter(|&at| !matched[at as usize]);
            let (found, verdict) = decide(schema, prediction, gold, open);
            match verdict {
                Verdict::Correct => counts.correct += 1,
                Verdict::Incorrect => counts.incorrect += 1,
                Verdict::Partial => counts.partial += 1,
                Verdict::Spurious => counts.spurious += 1,
            }
            if let Some(found) = found {
                matched[found as usize] = true;
            }
        }
    }
    for (total, (matched, mut counts)) in totals.iter_mut().zip(matched.iter().zip(counts)) {
        counts.missed = matched.iter().filter(|&&matched| !matched).count() as u64;
        total.add(counts);
    }
}

enum Verdict {
    Correct,
    Incorrect,
    Partial,
    Spurious,
}

/// Which open gold entity a prediction takes, and as what. `open` is in gold order and overlaps the prediction.
fn decide(
    schema: Schema,
    prediction: &Entity,
    gold: &[&Entity],
    open: impl Iterator<Item = u32>,
) -> (Option<u32>, Verdict) {
    // The first overlapping one that is not right, and for `ent_type` the nearest right one so far.
    let mut wrong = None;
    let mut nearest: Option<(u32, u32)> = None;
    for at in open {
        let entity = gold[at as usize];
        let same_bounds = entity.start == prediction.start && entity.end == prediction.end;
        let same_type = entity.label == prediction.label;
        let right = match schema {
            Schema::EntType => same_type,
            Schema::Exact | Schema::Partial => same_bounds,
            Schema::Strict => same_bounds && same_type,
        };
        let enough = same_bounds || enough_overlap(prediction, entity);
        if right && schema == Schema::EntType && enough {
            let distance =
                entity.start.abs_diff(prediction.start) + entity.end.abs_diff(prediction.end);
            if nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, at));
            }
        } else if right && schema != Schema::EntType {
            return (Some(at), Verdict::Correct);
        } else if enough && wrong.is_none() {
            wrong = Some(at);
        }
    }
    match (nearest, wrong, schema) {
        (Some((_, at)), _, _) => (Some(at), Verdict::Correct),
        (None, Some(at), Schema::Partial) => (Some(at), Verdict::Partial),
        (None, Some(at), _) => (Some(at), Verdict::Incorrect),
        (None, None, _) => (None, Verdict::Spurious),
    }
}

/// At least 1 % of the gold entity, ends counted as inside; the same operations as the original's, for the same rounding.
fn enough_overlap(prediction: &Entity, gold: &Entity) -> bool {
    let start = prediction.start.max(gold.start);
    let end = prediction.end.min(gold.end);
    let Some(shared) = end.checked_sub(start) else {
        return false;
    };
    let length = f64::from(gold.end.saturating_sub(gold.start)) + 1.0;
    (f64::from(shared) + 1.0) / length * 100.0 >= 1.0
}

/// Finds the gold entities that a prediction touches without looking at all of them.
struct Index {
    /// Start, end and place in the list, by start.
    by_start: Vec<(u32, u32, u32)>,
    /// The largest end of the entities up to here.
    reach: Vec<u32>,
}

impl Index {
    fn new(gold: &[&Entity]) -> Self {
        let mut by_start: Vec<_> = (0u32..)
            .zip(gold)
            .map(|(at, entity)| (entity.start, entity.end, at))
            .collect();
        by_start.sort_unstable();
        let mut furthest = 0;
        let reach = by_start
            .iter()
            .map(|entity| {
                furthest = furthest.max(entity.1);
                furthest
            })
            .collect();
        Self { by_start, reach }
    }

    /// Places of all gold entities that share a position with the prediction, in the order of the list.
    fn overlapping(&self, prediction: &Entity, near: &mut Vec<u32>) {
        near.clear();
        let after = self.by_start.partition_point(|e| e.0 <= prediction.end);
        let first = self.reach[..after].partition_point(|&end| end < prediction.start);
        near.extend(
            self.by_start[first..after]
                .iter()
                .filter(|entity| entity.1 >= prediction.start)
                .map(|entity| entity.2),
        );
        near.sort_unstable();
    }
}

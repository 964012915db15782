//! What gold says about a pair of units: duplicates, not duplicates, or not judged.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::dedup::cluster::UnionFind;
use crate::label::{Gold, GroupMember, Judged, Redundant};
use crate::task::Level;

/// What gold says about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// The two are copies (or, ordered: the first adds nothing to the second).
    Positive,
    /// They are not.
    Negative,
    /// Doubtful or not judged.
    Ignored,
}

/// Judges pairs of units of one level.
#[derive(Debug)]
pub struct Judge {
    /// Document and doubt of each unit.
    units: Vec<(u32, bool)>,
    /// Pairs about which gold says something of their own.
    special: FxHashMap<(u32, u32), Truth>,
    /// All other cross-document pairs without doubt.
    default: Truth,
    /// True when (a, b) and (b, a) are two pairs.
    ordered: bool,
}

impl Judge {
    /// `None` when the gold lacks the layers of this level.
    pub fn new(level: Level, gold: &Gold) -> Option<Self> {
        match level {
            Level::Document | Level::Redundancy => documents(gold, level == Level::Redundancy),
            Level::Segment => segments(gold),
            _ => None,
        }
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// True when (a, b) and (b, a) are two pairs.
    pub fn ordered(&self) -> bool {
        self.ordered
    }

    /// The pair as it is kept: smaller unit first unless ordered; `None` for a unit with itself or a unit that does not exist.
    pub fn pair(&self, a: u32, b: u32) -> Option<(u32, u32)> {
        let known = |unit: u32| (unit as usize) < self.units.len();
        if a == b || !known(a) || !known(b) {
            return None;
        }
        Some(if self.ordered || a < b {
            (a, b)
        } else {
            (b, a)
        })
    }

    /// Judges a pair that [`Judge::pair`] returned.
    pub fn truth(&self, a: u32, b: u32) -> Truth {
        let (first, second) = (self.units[a as usize], self.units[b as usize]);
        if first.0 == second.0 || first.1 || second.1 {
            return Truth::Ignored;
        }
        self.special.get(&(a, b)).copied().unwrap_or(self.default)
    }

    /// The pairs about which gold says something of their own, in order, with what it says.
    pub fn special(&self) -> Vec<((u32, u32), Truth)> {
        let mut pairs: Vec<((u32, u32), Truth)> = self
            .special
            .keys()
            .map(|&(a, b)| ((a, b), self.truth(a, b)))
            .collect();
        pairs.sort_unstable();
        pairs
    }

    /// What gold says about all other pairs of two documents without doubt.
    pub fn common(&self) -> Truth {
        self.default
    }

    /// Document of a unit, `None` for a doubtful unit.
    pub fn certain(&self, unit: u32) -> Option<u32> {
        let (document, doubtful) = self.units[unit as usize];
        (!doubtful).then_some(document)
    }

    /// Number of pairs that are positive or negative, counted without looking at each.
    pub fn judged(&self) -> u64 {
        let both = if self.ordered { 2 } else { 1 };
        let mut in_document: BTreeMap<u32, u64> = BTreeMap::new();
        let certain = self.units.iter().filter(|unit| !unit.1);
        let mut total = 0u64;
        for unit in certain {
            *in_document.entry(unit.0).or_default() += 1;
            total += 1;
        }
        let within: u64 = in_document.values().map(|&n| pairs_of(n)).sum();
        let open = (pairs_of(total) - within) * both;
        let mut judged = if self.default == Truth::Ignored {
            0
        } else {
            open
        };
        for ((a, b), truth) in self.special() {
            let documents = (self.certain(a), self.certain(b));
            if documents.0.is_none() || documents.1.is_none() || documents.0 == documents.1 {
                continue;
            }
            if self.default == Truth::Ignored {
                judged += u64::from(truth != Truth::Ignored);
            } else {
                judged -= u64::from(truth == Truth::Ignored);
            }
        }
        judged
    }
}

/// Cluster of each unit in gold, `None` for units that leave the scoring of clusters (doubtful segments, boilerplate groups).
///
/// Documents: whatever duplicate pairs link. Segments: copy groups, and each other segment alone. `None` without the layers, and
/// when only listed pairs are judged.
pub fn gold_clusters(level: Level, gold: &Gold) -> Option<Vec<Option<u32>>> {
    match level {
        Level::Document => {
            let layer = gold.document_pairs.as_deref()?;
            if gold.judged("document_pairs") == Judged::Listed {
                return None;
            }
            let mut links = UnionFind::new(gold.corpus.len());
            for pair in layer.iter().filter(|pair| pair.relation.is_duplicate()) {
                links.join(pair.a as u32, pair.b as u32);
            }
            Some(links.into_labels().into_iter().map(Some).collect())
        }
        Level::Segment => {
            let segments = gold.segments.as_deref()?;
            let copies = gold.copy_groups.as_deref()?;
            if gold.judged("copy_groups") == Judged::Listed {
                return None;
            }
            let mut clusters: Vec<Option<u32>> = (0..segments.len() as u32).map(Some).collect();
            let mut groups: BTreeMap<&str, u32> = BTreeMap::new();
            for member in copies {
                let next = (segments.len() + groups.len()) as u32;
                let group = *groups.entry(&member.group).or_insert(next);
                if let Some(cluster) = clusters.get_mut(member.segment) {
                    *cluster = cluster.filter(|_| !member.doubtful).map(|_| group);
                }
            }
            for member in gold.boilerplate_groups.as_deref().unwrap_or_default() {
                if let Some(cluster) = clusters.get_mut(member.segment) {
                    *cluster = None;
                }
            }
            Some(clusters)
        }
        _ => None,
    }
}

/// Number of unordered pairs of `n` things.
pub fn pairs_of(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

fn default_truth(gold: &Gold, layer: &str) -> Truth {
    match gold.judged(layer) {
        Judged::All => Truth::Negative,
        Judged::Listed => Truth::Ignored,
    }
}

fn truth_of(positive: bool) -> Truth {
    if positive {
        Truth::Positive
    } else {
        Truth::Negative
    }
}

fn documents(gold: &Gold, ordered: bool) -> Option<Judge> {
    let layer = gold.document_pairs.as_deref()?;
    let mut special = FxHashMap::default();
    for pair in layer {
        let (a, b) = (pair.a.min(pair.b) as u32, pair.a.max(pair.b) as u32);
        if ordered {
            let (mut first, mut second) = (
                matches!(pair.redundant, Redundant::A | Redundant::Both),
                matches!(pair.redundant, Redundant::B | Redundant::Both),
            );
            if pair.a > pair.b {
                std::mem::swap(&mut first, &mut second);
            }
            special.insert((a, b), truth_of(first));
            special.insert((b, a), truth_of(second));
        } else {
            special.insert((a, b), truth_of(pair.relation.is_duplicate()));
        }
    }
    Some(Judge {
        units: (0..gold.corpus.len() as u32)
            .map(|document| (document, false))
            .collect(),
        special,
        default: default_truth(gold, "document_pairs"),
        ordered,
    })
}

fn segments(gold: &Gold) -> Option<Judge> {
    let segments = gold.segments.as_deref()?;
    let copies = gold.copy_groups.as_deref()?;
    let mut units: Vec<(u32, bool)> = segments
        .iter()
        .map(|segment| (segment.document as u32, false))
        .collect();
    for member in copies {
        if let Some(unit) = units.get_mut(member.segment) {
            unit.1 |= member.doubtful;
        }
    }
    let mut special = FxHashMap::default();
    for fact in gold.same_fact.as_deref().unwrap_or_default() {
        special.insert(key(fact.a, fact.b), Truth::Negative);
    }
    for_each_pair(copies, |a, b| {
        let pieces = (a.piece, b.piece);
        let apart = matches!(pieces, (Some(first), Some(second)) if first != second);
        let truth = if apart {
            Truth::Ignored
        } else {
            Truth::Positive
        };
        special.insert(key(a.segment, b.segment), truth);
    });
    for_each_pair(
        gold.boilerplate_groups.as_deref().unwrap_or_default(),
        |a, b| {
            special.insert(key(a.segment, b.segment), Truth::Ignored);
        },
    );
    special.retain(|&(a, b), _| a != b && (b as usize) < units.len());
    Some(Judge {
        units,
        special,
        default: default_truth(gold, "copy_groups"),
        ordered: false,
    })
}

fn key(a: usize, b: usize) -> (u32, u32) {
    (a.min(b) as u32, a.max(b) as u32)
}

fn for_each_pair<'a>(
    members: &'a [GroupMember],
    mut visit: impl FnMut(&'a GroupMember, &'a GroupMember),
) {
    let mut groups: BTreeMap<&str, Vec<&GroupMember>> = BTreeMap::new();
    for member in members {
        groups.entry(&member.group).or_default().push(member);
    }
    for group in groups.values() {
        for (index, a) in group.iter().enumerate() {
            for b in &group[index + 1..] {
                visit(a, b);
            }
        }
    }
}

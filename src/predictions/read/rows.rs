//! The rows of one variant as what its scorer takes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reader, numbered};
use crate::corpus::Span;
use crate::dedup::{Comparison, ScoredPair};
use crate::entity::PredictedMention;
use crate::error::Fault;
use crate::garble::PredictedGarble;
use crate::label::short_list;
use crate::predictions::PredictionRow;
use crate::task::Level;

impl Reader<'_> {
    pub(super) fn pairs(&mut self, level: Level, rows: &[(u64, &PredictionRow)]) -> Comparison {
        let mut pairs: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        let mut clusters: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        let mut clustered: BTreeSet<u32> = BTreeSet::new();
        for &(line, row) in rows {
            let similarity = self.confidence(line, row);
            let Some(a) = self.unit(level, line, &row.document, row.start, row.end) else {
                continue;
            };
            if row.other_document.is_empty() {
                if row.cluster.is_empty() {
                    self.fault(
                        line,
                        "neither another document nor a cluster",
                        "fill other_document (a pair) or cluster (a member)",
                    );
                } else if clustered.insert(a) {
                    clusters.entry(&row.cluster).or_default().insert(a);
                } else {
                    self.fault(
                        line,
                        format!("`{}` stands in two clusters or twice", row.document),
                        "give each unit one cluster",
                    );
                }
                continue;
            }
            let Some(b) = self.unit(
                level,
                line,
                &row.other_document,
                row.other_start,
                row.other_end,
            ) else {
                continue;
            };
            let pair = if level == Level::Redundancy || a < b {
                (a, b)
            } else {
                (b, a)
            };
            if a == b {
                self.fault(line, "a pair of one unit with itself", "remove it");
            } else if pairs.insert(pair, similarity).is_some() {
                self.fault(line, "this pair stands twice", "remove one of them");
            }
        }
        Comparison {
            pairs: pairs
                .into_iter()
                .map(|((a, b), similarity)| ScoredPair { a, b, similarity })
                .collect(),
            groups: clusters
                .into_values()
                .filter(|members| members.len() > 1)
                .map(|members| members.into_iter().collect())
                .collect(),
            counters: BTreeMap::new(),
        }
    }

    pub(super) fn mentions(&mut self, rows: &[(u64, &PredictionRow)]) -> Vec<PredictedMention> {
        let mut mentions = Vec::new();
        let mut seen = BTreeSet::new();
        for &(line, row) in rows {
            let confidence = self.confidence(line, row);
            if row.label.is_empty() {
                self.fault(line, "no entity type", "fill the column `label`");
            }
            let place = self.span(line, &row.document, row.start, row.end, false);
            if let Some((document, span)) = place {
                if !seen.insert((document, span, row.label.as_str())) {
                    self.fault(line, "this mention stands twice", "remove one of them");
                }
                mentions.push(PredictedMention {
                    document,
                    span,
                    entity_type: row.label.clone(),
                    confidence,
                });
            }
        }
        self.known_types(rows);
        mentions
    }

    /// Types of another vocabulary (`PERSON` for `PER`) would all be false, which no figure tells from a bad recognizer.
    fn known_types(&mut self, rows: &[(u64, &PredictionRow)]) {
        let gold = self.gold.mentions.iter().flatten();
        let known: BTreeSet<&str> = gold.map(|mention| mention.entity_type.as_str()).collect();
        let given: BTreeSet<&str> = rows.iter().map(|(_, row)| row.label.as_str()).collect();
        if !known.is_empty() && !given.is_empty() && known.is_disjoint(&given) {
            self.faults.push(Fault::new(
                self.path.display(),
                format!(
                    "no predicted type is one of this gold: {}",
                    short_list(given.iter().copied())
                ),
                format!(
                    "write the types of this gold: {}",
                    short_list(known.iter().copied())
                ),
            ));
        }
    }

    /// Clusters in the order of the gold's mentions.
    pub(super) fn clusters(&mut self, rows: &[(u64, &PredictionRow)]) -> Vec<u32> {
        let gold = self.gold;
        let mentions = gold.mentions.as_deref().unwrap_or_default();
        let mut at: BTreeMap<(usize, Span), Vec<usize>> = BTreeMap::new();
        for (index, mention) in mentions.iter().enumerate() {
            at.entry((mention.document, mention.span))
                .or_default()
                .push(index);
        }
        let mut names: Vec<Option<&str>> = vec![None; mentions.len()];
        for &(line, row) in rows {
            let place = self.span(line, &row.document, row.start, row.end, false);
            let Some((document, span)) = place else {
                continue;
            };
            // One passage may hold mentions of several types.
            let mut here = at.get(&(document, span)).into_iter().flatten().copied();
            let found = here
                .find(|&index| row.label.is_empty() || mentions[index].entity_type == row.label);
            match found {
                None => self.fault(
                    line,
                    format!("{span} is no mention of `{}`", row.document),
                    "resolve the mentions of the gold's mentions.csv",
                ),
                Some(index) if names[index].is_some() => {
                    self.fault(line, "this mention stands twice", "remove one of them")
                }
                Some(index) => names[index] = Some(&row.cluster),
            }
        }
        let missing = names
            .iter()
            .filter(|name| name.is_none_or(str::is_empty))
            .count();
        if missing > 0 {
            let problem = format!("{missing} of {} mentions have no cluster", mentions.len());
            self.faults.push(Fault::new(
                self.path.display(),
                problem,
                "give every mention of the gold a cluster, singletons too",
            ));
        }
        let names: Vec<&str> = names.into_iter().map(Option::unwrap_or_default).collect();
        numbered(&names)
    }

    pub(super) fn garbles(
        &mut self,
        level: Level,
        rows: &[(u64, &PredictionRow)],
    ) -> Vec<PredictedGarble> {
        let whole = level == Level::Document;
        let mut garbles = Vec::new();
        for &(line, row) in rows {
            let confidence = self.confidence(line, row);
            let place = self.span(line, &row.document, row.start, row.end, whole);
            if let Some((document, span)) = place {
                garbles.push(PredictedGarble {
                    document,
                    span,
                    category: row.label.clone(),
                    confidence,
                    suggestion: String::new(),
                });
            }
        }
        garbles
    }
}

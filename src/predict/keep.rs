//! Which copy of a group stays.

use crate::corpus::{Corpus, Document};
use crate::garble::GarbleModel;
use crate::task::rounded;

/// Which copy of a group stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Keep {
    /// The one that comes first.
    #[default]
    First,
    /// The longest, the first among equals.
    Longest,
    /// The one with the smallest share of flagged bytes, the longest among equals.
    Cleanest,
}

/// What is known of a document once it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Seen {
    /// Length in bytes.
    pub bytes: usize,
    /// Share of its bytes that a detector flagged.
    pub flagged: f64,
}

/// Which documents of a corpus stay: `kept[i]` is the document that stands for document `i`, itself when it stays.
pub fn choose(clusters: &[u32], seen: &[Seen], keep: Keep) -> Vec<u32> {
    let mut best: Vec<Option<u32>> = vec![None; clusters.len()];
    let better = |a: &Seen, b: &Seen| match keep {
        Keep::First => false,
        Keep::Longest => a.bytes > b.bytes,
        Keep::Cleanest => a.flagged < b.flagged || (a.flagged <= b.flagged && a.bytes > b.bytes),
    };
    for (index, &cluster) in (0u32..).zip(clusters) {
        let slot = &mut best[cluster as usize];
        match *slot {
            Some(current) if !better(&seen[index as usize], &seen[current as usize]) => {}
            _ => *slot = Some(index),
        }
    }
    clusters
        .iter()
        .map(|&cluster| best[cluster as usize].unwrap_or(cluster))
        .collect()
}

/// Share of the bytes of a document that a detector flags from the threshold up; overlapping passages count once.
pub fn flagged_share(model: &dyn GarbleModel, threshold: f64, document: &Document) -> f64 {
    let corpus = Corpus {
        documents: vec![document.clone()],
    };
    let mut spans: Vec<_> = model
        .detect(0, &corpus)
        .into_iter()
        .filter(|garble| rounded(garble.confidence) >= threshold)
        .map(|garble| garble.span)
        .collect();
    spans.sort_unstable();
    let (mut covered, mut end) = (0, 0);
    for span in spans {
        covered += span.end.saturating_sub(span.start.max(end));
        end = end.max(span.end);
    }
    #[allow(clippy::cast_precision_loss, reason = "a share of a text's length")]
    let share = covered as f64 / document.text.len().max(1) as f64;
    share
}

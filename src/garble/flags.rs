//! Collecting flags: what the detectors share when they turn decisions into predictions.

use crate::corpus::Span;
use crate::garble::PredictedGarble;

/// Flags of one document while it is read.
#[derive(Debug, Default)]
pub struct Flags {
    found: Vec<PredictedGarble>,
    document: usize,
}

impl Flags {
    /// An empty collection for this document.
    pub fn new(document: usize) -> Self {
        Self {
            found: Vec::new(),
            document,
        }
    }

    /// Makes room for so many more.
    pub fn reserve(&mut self, count: usize) {
        self.found.reserve(count);
    }

    /// Flags a passage; empty passages are dropped.
    pub fn push(&mut self, span: Span, category: &str, confidence: f64) {
        self.suggest(span, category, confidence, String::new());
    }

    /// Flags a passage with the reading that would repair it.
    pub fn suggest(&mut self, span: Span, category: &str, confidence: f64, suggestion: String) {
        if !span.is_empty() {
            self.found.push(PredictedGarble {
                document: self.document,
                span,
                category: category.to_owned(),
                confidence,
                suggestion,
            });
        }
    }

    /// All flags sorted by span; of equal spans the surest stays.
    pub fn sorted(mut self) -> Vec<PredictedGarble> {
        self.found.sort_by(order);
        self.found.dedup_by(|next, kept| next.span == kept.span);
        self.found
    }

    /// All flags sorted by span, overlapping ones joined: the joint flag covers both and keeps category, confidence and
    /// suggestion of the surer one.
    pub fn joined(mut self) -> Vec<PredictedGarble> {
        self.found.sort_by(order);
        let mut joined: Vec<PredictedGarble> = Vec::with_capacity(self.found.len());
        for next in self.found {
            match joined.last_mut() {
                Some(last) if next.span.start < last.span.end => {
                    let span = Span::new(last.span.start, last.span.end.max(next.span.end));
                    if next.confidence > last.confidence {
                        *last = next;
                    }
                    last.span = span;
                }
                _ => joined.push(next),
            }
        }
        joined
    }
}

fn order(a: &PredictedGarble, b: &PredictedGarble) -> std::cmp::Ordering {
    a.span
        .cmp(&b.span)
        .then(b.confidence.total_cmp(&a.confidence))
        .then_with(|| a.category.cmp(&b.category))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_flags_join_and_the_surer_one_names_them() {
        let mut flags = Flags::new(0);
        flags.push(Span::new(4, 9), "surface", 0.9);
        flags.push(Span::new(0, 5), "boilerplate", 0.6);
        flags.push(Span::new(9, 10), "token", 0.5);
        flags.push(Span::new(3, 3), "token", 0.5);
        let found = flags.joined();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].span, found[0].category.as_str()),
            (Span::new(0, 9), "surface")
        );
    }
}

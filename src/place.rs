//! Where an item stands: item ids, story, zone and slices, the same for all tasks.

use crate::corpus::Span;
use crate::label::Gold;
use crate::task::{Outcome, Verdict, rounded};

/// What scorers look up again and again about documents and segments of a gold set.
#[derive(Debug)]
pub struct Places<'a> {
    /// The gold set.
    pub gold: &'a Gold,
    short: Vec<&'a str>,
    garbled: Vec<bool>,
    copied: Vec<bool>,
}

impl<'a> Places<'a> {
    /// Looks through the layers once.
    pub fn new(gold: &'a Gold) -> Self {
        let segments = gold.segments.as_deref().unwrap_or_default();
        let mut garbled = vec![false; segments.len()];
        for garble in gold.garbles.as_deref().unwrap_or_default() {
            if garble.doubtful || garble.category == BOILERPLATE {
                continue;
            }
            for index in segments_over(gold, garble.document, garble.span) {
                garbled[index] = true;
            }
        }
        let mut copied = vec![false; segments.len()];
        for member in gold.copy_groups.as_deref().unwrap_or_default() {
            if let Some(flag) = copied.get_mut(member.segment) {
                *flag = true;
            }
        }
        Self {
            gold,
            short: gold.short_ids(),
            garbled,
            copied,
        }
    }

    /// Identifier of a document inside item ids (see [`Gold::short_ids`]).
    pub fn short(&self, document: usize) -> &'a str {
        self.short.get(document).copied().unwrap_or_default()
    }

    /// Identifier of a segment inside item ids: `001:s004`.
    pub fn segment(&self, segment: usize) -> String {
        let segments = self.gold.segments.as_deref().unwrap_or_default();
        segments.get(segment).map_or_else(String::new, |segment| {
            format!("{}:{}", self.short(segment.document), segment.id)
        })
    }

    /// Item id of a span: `embassy/mention/003:1066-1078`.
    pub fn span_item(&self, kind: &str, document: usize, span: Span) -> String {
        format!(
            "{}/{kind}/{}:{span}",
            self.gold.dataset,
            self.short(document)
        )
    }

    /// Story of a document; empty when unknown.
    pub fn story(&self, document: usize) -> &'a str {
        self.gold.stories.get(document).map_or("", String::as_str)
    }

    /// The text of a span; empty when it is none.
    pub fn text(&self, document: usize, span: Span) -> &'a str {
        let document = self.gold.corpus.documents.get(document);
        document
            .and_then(|document| span.text(&document.text))
            .unwrap_or_default()
    }

    /// True when the segment holds garble other than boilerplate.
    pub fn is_garbled(&self, segment: usize) -> bool {
        self.garbled.get(segment).copied().unwrap_or(false)
    }

    /// True when the segment is in a copy group.
    pub fn is_copied(&self, segment: usize) -> bool {
        self.copied.get(segment).copied().unwrap_or(false)
    }

    /// An outcome with document, story, zone and the slices of its segment filled in.
    pub fn outcome(
        &self,
        rule: &'static str,
        document: usize,
        span: Span,
        item: String,
        verdict: Verdict,
    ) -> Outcome {
        let gold = self.gold;
        let id = gold
            .corpus
            .documents
            .get(document)
            .map_or("", |document| document.id.as_str());
        let mut outcome = Outcome::new(rule, id, item, verdict);
        outcome.story = self.story(document).to_owned();
        if let Some(segment) = gold.segment_at(document, span) {
            self.slice_by_segment(segment, &mut outcome);
        }
        outcome
    }

    /// Fills in the zone of a segment and its `segment=` slices.
    pub fn slice_by_segment(&self, segment: usize, outcome: &mut Outcome) {
        if let Some(segment) = self
            .gold
            .segments
            .as_deref()
            .and_then(|all| all.get(segment))
        {
            outcome.zone.clone_from(&segment.zone);
        }
        self.segment_slices(
            self.is_copied(segment),
            self.is_garbled(segment),
            &mut outcome.slices,
        );
    }

    /// The slices by place of a span, as `name=value`: its document, and zone and `segment=` of the segment that holds most of it.
    pub fn slices_at(&self, document: usize, span: Span) -> Vec<String> {
        let mut outcome = self.outcome("", document, span, String::new(), Verdict::Ignored);
        let mut slices = std::mem::take(&mut outcome.slices);
        for (name, value) in [("document", outcome.document), ("zone", outcome.zone)] {
            if !value.is_empty() {
                slices.push(format!("{name}={value}"));
            }
        }
        slices
    }

    /// Adds `segment=copied|singleton` and `segment=clean|garbled` where the gold has these layers.
    pub fn segment_slices(&self, copied: bool, garbled: bool, slices: &mut Vec<String>) {
        if self.gold.copy_groups.is_some() {
            slices.push(format!(
                "segment={}",
                if copied { "copied" } else { "singleton" }
            ));
        }
        if self.gold.garbles.is_some() {
            slices.push(format!(
                "segment={}",
                if garbled { "garbled" } else { "clean" }
            ));
        }
        slices.sort();
    }
}

/// Name of the garble category that comes from the page and not from the article.
pub const BOILERPLATE: &str = "boilerplate";

/// Indices of the segments that share a byte with the span.
pub fn segments_over(gold: &Gold, document: usize, span: Span) -> std::ops::Range<usize> {
    let segments = gold.segments.as_deref().unwrap_or_default();
    let first = segments.partition_point(|s| (s.document, s.span.end) <= (document, span.start));
    let last = segments.partition_point(|s| (s.document, s.span.start) < (document, span.end));
    first..last.max(first)
}

/// True when a confidence or similarity reaches a threshold, after rounding to 6 decimals.
pub fn reaches(value: f64, threshold: f64) -> bool {
    rounded(value) >= rounded(threshold)
}

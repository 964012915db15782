//! Lint: what is wrong with a dataset beyond broken offsets.
//!
//! Errors break a rule for certain; warnings want a second look. Lints that state rules of the guidelines run only on datasets
//! whose `dataset.toml` names a guideline version: a foreign set has its own rules.

use std::path::Path;

use crate::corpus::Span;
use crate::error::{Fault, Result};
use crate::gold::layer::{self, Layer};
use crate::gold::load::{Loaded, read_pass};
use crate::gold::table::Table;
use crate::label::Gold;

mod garbles;
mod groups;
mod mentions;
mod segments;

/// How sure a lint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A rule is broken.
    Error,
    /// Perhaps right, but look again.
    Warning,
}

/// Something that a lint found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Error or warning.
    pub weight: Weight,
    /// Where, what and how to mend it.
    pub fault: Fault,
    /// Name of the lint.
    pub lint: &'static str,
}

/// Every lint with its weight and what it looks for.
pub const LINTS: &[(&str, Weight, &str)] = &[
    (
        "load",
        Weight::Error,
        "offsets, texts, ids, words, overlaps, gaps: what the loader refuses",
    ),
    ("duplicate-row", Weight::Error, "a row that occurs twice"),
    (
        "blank-edge",
        Weight::Error,
        "a span that starts or ends with a blank",
    ),
    (
        "same-segment",
        Weight::Error,
        "two segments of equal text that are labelled differently",
    ),
    (
        "same-name",
        Weight::Warning,
        "one name with two types or two entities",
    ),
    (
        "unlabelled-name",
        Weight::Warning,
        "a labelled name that stands elsewhere without a label",
    ),
    (
        "entity-type",
        Weight::Error,
        "a mention whose type is not its entity's",
    ),
    (
        "entity-unused",
        Weight::Warning,
        "an entity that no mention names and no other derives from",
    ),
    (
        "derived-from",
        Weight::Warning,
        "an entity that derives from one that is not listed",
    ),
    (
        "mention-edge",
        Weight::Warning,
        "a mention with a quotation mark, bracket, comma or full stop at its edge",
    ),
    (
        "mention-case",
        Weight::Warning,
        "a `lowercase` flag that disagrees with the text",
    ),
    (
        "group-of-one",
        Weight::Error,
        "a group with one member, or from one document",
    ),
    (
        "group-zone",
        Weight::Error,
        "a copy group with furniture or credits",
    ),
    (
        "boilerplate-text",
        Weight::Error,
        "a boilerplate group whose texts differ beyond case and digits",
    ),
    (
        "same-fact-copy",
        Weight::Error,
        "a same-fact pair inside one copy group or one document",
    ),
    (
        "pair-exact",
        Weight::Error,
        "a pair called `exact` whose texts differ, or the reverse",
    ),
    (
        "pair-missing",
        Weight::Warning,
        "document pairs without a judgement",
    ),
    (
        "garble-reading",
        Weight::Error,
        "a garble without intended reading that is no deletion",
    ),
    ("garble-witness", Weight::Error, "a garble without witness"),
    (
        "garble-subtype",
        Weight::Error,
        "a garble without subtype where its category has some",
    ),
    (
        "garble-severity",
        Weight::Error,
        "boilerplate or surface that is not minor",
    ),
    (
        "garble-token",
        Weight::Warning,
        "a garble that cuts a token",
    ),
    (
        "segment-line",
        Weight::Error,
        "a segment that runs over a line break",
    ),
    (
        "segment-unsplit",
        Weight::Warning,
        "a segment with a sentence end inside",
    ),
    (
        "segment-oversplit",
        Weight::Warning,
        "a segment that ends within a sentence",
    ),
    (
        "doubtful-share",
        Weight::Warning,
        "more doubtful labels than one in ten (garbles: one in four)",
    ),
];

/// Lints a dataset folder.
///
/// # Errors
/// Only what makes reading impossible.
pub fn lint(dataset: &Path) -> Result<Vec<Finding>> {
    lint_pass(dataset, dataset)
}

/// Lints the label files of a pass over the articles of a dataset.
///
/// # Errors
/// As [`lint`].
pub fn lint_pass(dataset: &Path, pass: &Path) -> Result<Vec<Finding>> {
    let loaded = read_pass(dataset, pass)?;
    let mut context = Context {
        dir: pass,
        loaded: &loaded,
        findings: Vec::new(),
    };
    for fault in &loaded.faults {
        context.push("load", fault.clone());
    }
    duplicate_rows(&mut context)?;
    mentions::lint(&mut context);
    groups::lint(&mut context);
    if loaded.manifest.guidelines > 0 {
        blank_edges(&mut context);
        garbles::lint(&mut context);
        segments::lint(&mut context);
        mentions::lint_guidelines(&mut context);
        groups::lint_guidelines(&mut context);
        doubtful_shares(&mut context);
    }
    let mut findings = context.findings;
    findings.sort();
    findings.dedup();
    Ok(findings)
}

/// What the lints read, and where they report.
struct Context<'a> {
    dir: &'a Path,
    loaded: &'a Loaded,
    findings: Vec<Finding>,
}

impl<'a> Context<'a> {
    fn gold(&self) -> &'a Gold {
        &self.loaded.gold
    }

    fn push(&mut self, lint: &'static str, fault: Fault) {
        let known = LINTS.iter().find(|(name, ..)| *name == lint);
        let weight = known.map_or(Weight::Error, |(_, weight, _)| *weight);
        self.findings.push(Finding {
            weight,
            fault,
            lint,
        });
    }

    /// Reports at the row of the `index`-th label of a layer.
    fn at(
        &mut self,
        lint: &'static str,
        layer: Layer,
        index: usize,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let path = self.dir.join(layer.file());
        let fault = match self.line(layer, index) {
            Some(line) => Fault::at(&path, line, problem, remedy),
            None => Fault::new(path.display(), problem, remedy),
        };
        self.push(lint, fault);
    }

    /// Reports on a layer as a whole.
    fn whole(
        &mut self,
        lint: &'static str,
        layer: Layer,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let path = self.dir.join(layer.file());
        self.push(lint, Fault::new(path.display(), problem, remedy));
    }

    /// Line of the `index`-th label of a layer.
    fn line(&self, layer: Layer, index: usize) -> Option<u64> {
        self.loaded.lines.get(layer.name)?.get(index).copied()
    }

    fn text(&self, document: usize, span: Span) -> &'a str {
        span.text(&self.gold().corpus.documents[document].text)
            .unwrap_or_default()
    }
}

fn duplicate_rows(context: &mut Context<'_>) -> Result<()> {
    for layer in layer::ALL {
        let path = context.dir.join(layer.file());
        // The loader has reported an unusable file already.
        let Some(table) = Table::read(&path, layer.columns, layer.optional, &mut Vec::new())?
        else {
            continue;
        };
        let mut seen = std::collections::BTreeMap::new();
        for row in table.rows() {
            if let Some(line) = seen.get(&row.cells()) {
                let problem = format!("the same row as line {line}");
                context.push("duplicate-row", row.fault(problem, "remove one of the two"));
            } else {
                seen.insert(row.cells(), row.line);
            }
        }
    }
    Ok(())
}

fn blank_edges(context: &mut Context<'_>) {
    let gold = context.gold();
    let segments = gold.segments.iter().flatten().enumerate();
    let mentions = gold.mentions.iter().flatten().enumerate();
    let garbles = gold.garbles.iter().flatten().enumerate();
    let spans: Vec<(Layer, usize, usize, Span)> = segments
        .map(|(at, label)| (layer::SEGMENTS, at, label.document, label.span))
        .chain(mentions.map(|(at, label)| (layer::MENTIONS, at, label.document, label.span)))
        .chain(garbles.map(|(at, label)| (layer::GARBLES, at, label.document, label.span)))
        .collect();
    for (layer, at, document, span) in spans {
        let text = context.text(document, span);
        if text.trim() != text {
            context.at(
                "blank-edge",
                layer,
                at,
                format!("`{text}` starts or ends with a blank"),
                "spans carry no leading or trailing space",
            );
        }
    }
}

fn doubtful_shares(context: &mut Context<'_>) {
    let gold = context.gold();
    let count = |flags: Vec<bool>| (flags.iter().filter(|flag| **flag).count(), flags.len());
    let layers = [
        (
            layer::MENTIONS,
            10,
            count(
                gold.mentions
                    .iter()
                    .flatten()
                    .map(|label| label.doubtful)
                    .collect(),
            ),
        ),
        (
            layer::COPY_GROUPS,
            10,
            count(
                gold.copy_groups
                    .iter()
                    .flatten()
                    .map(|label| label.doubtful)
                    .collect(),
            ),
        ),
        (
            layer::GARBLES,
            4,
            count(
                gold.garbles
                    .iter()
                    .flatten()
                    .map(|label| label.doubtful)
                    .collect(),
            ),
        ),
    ];
    for (layer, one_in, (doubtful, all)) in layers {
        if doubtful * one_in > all {
            context.whole(
                "doubtful-share",
                layer,
                format!("{doubtful} of {all} labels are doubtful, more than one in {one_in}"),
                "use the flag for real doubt; decide the others by the rules",
            );
        }
    }
}

#[cfg(test)]
mod tests;

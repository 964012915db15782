//! MLQE-PE: a folder with `*.mt` (machine translation), `*.pe` (the human post-edit of the same line) and `*.tags` (`OK` or `BAD` for
//! each gap and token of the translation, gap first), line by line.
//!
//! Each line gives two documents, `mt-00001` and `pe-00001`, one story: a listed near-duplicate pair (`exact` where nothing was
//! changed), a preference for the post-edit where it differs, and a garble `token/BAD` for each run of bad tokens. Bad gaps (missing words)
//! have no characters and are reported.

use crate::corpus::{Document, Span};
use crate::error::{Error, Result, all_or_nothing};
use crate::gold::formats::exchange::{SpanLabel, assemble, fault};
use crate::gold::formats::{Imported, Options, Source};
use crate::label::{DocumentPair, Judged, Preference, Redundant, Relation};

/// Reads the folder.
///
/// # Errors
/// Missing files, files of different length, tags that do not fit the tokens.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let file = |ending: &str| {
        // `dev.src-mt.alignments` and the like end otherwise.
        sources
            .iter()
            .find(|source| source.name.ends_with(ending))
            .ok_or_else(|| {
                Error::invalid(
                    "import",
                    format!("no file *{ending}"),
                    "give the folder with *.mt, *.pe and *.tags",
                )
            })
    };
    let (mt, pe, tags) = (file(".mt")?, file(".pe")?, file(".tags")?);
    let lines = |source: &Source| source.text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (mts, pes, tag_lines) = (lines(mt), lines(pe), lines(tags));
    if mts.len() != pes.len() || mts.len() != tag_lines.len() {
        return Err(Error::invalid(
            &mt.path,
            format!(
                "{} lines, the post-edits have {}, the tags {}",
                mts.len(),
                pes.len(),
                tag_lines.len()
            ),
            "the three files go line by line",
        ));
    }
    let (mut documents, mut spans, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    let mut gaps = 0;
    let mut stories = Vec::new();
    for (index, ((mt_line, pe_line), tag_line)) in mts.iter().zip(&pes).zip(&tag_lines).enumerate()
    {
        let document = documents.len();
        let number = format!("{:05}", index + 1);
        for (side, line) in [("mt", mt_line), ("pe", pe_line)] {
            stories.push((format!("{side}-{number}"), number.clone()));
            documents.push(Document {
                id: format!("{side}-{number}"),
                text: format!("{line}\n"),
            });
        }
        match bad_runs(mt_line, tag_line) {
            Ok((runs, bad_gaps)) => {
                gaps += bad_gaps;
                spans.extend(runs.into_iter().map(|span| SpanLabel {
                    document,
                    span,
                    label: "BAD".to_owned(),
                    fields: [("severity".to_owned(), "minor".to_owned())].into(),
                }));
            }
            Err(problem) => faults.push(fault(
                &tags.path,
                index + 1,
                problem,
                "a tag for each gap and each token, gap first",
            )),
        }
    }
    all_or_nothing(faults)?;
    let mut notices = Vec::new();
    if gaps > 0 {
        notices.push(format!(
            "{gaps} bad gaps (missing words) have no characters and are left out"
        ));
    }
    let options = Options {
        layer: "garbles".to_owned(),
        ..options.clone()
    };
    let mut imported = assemble(documents, spans, &options, notices)?;
    imported.manifest.stories = stories.into_iter().collect();
    let corpus = &imported.gold.corpus;
    let (mut pairs, mut preferences) = (Vec::new(), Vec::new());
    for (index, (mt_line, pe_line)) in mts.iter().zip(&pes).enumerate() {
        let side = |side: &str| {
            corpus
                .index(&format!("{side}-{:05}", index + 1))
                .unwrap_or_default()
        };
        let (a, b) = (side("mt"), side("pe"));
        let equal = mt_line.split_whitespace().eq(pe_line.split_whitespace());
        pairs.push(DocumentPair {
            a,
            b,
            relation: if equal {
                Relation::Exact
            } else {
                Relation::NearDuplicate
            },
            redundant: Redundant::Unjudged,
        });
        if !equal {
            preferences.push(Preference {
                clean: b,
                damaged: a,
                category: "post-edit".to_owned(),
            });
        }
    }
    imported.gold.stories = imported.manifest.stories_of(corpus);
    preferences.sort_by_key(|preference| (preference.clean, preference.damaged));
    pairs.sort_by_key(|pair| (pair.a, pair.b));
    for layer in ["document_pairs", "preferences"] {
        imported
            .manifest
            .judged
            .insert(layer.to_owned(), Judged::Listed);
    }
    imported.gold.judged = imported.manifest.judged.clone();
    imported.gold.document_pairs = Some(pairs);
    imported.gold.preferences = Some(preferences);
    Ok(imported)
}

/// Runs of bad tokens of a line, and the number of bad gaps.
fn bad_runs(line: &str, tags: &str) -> std::result::Result<(Vec<Span>, usize), String> {
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let tags: Vec<bool> = tags.split_whitespace().map(|tag| tag == "BAD").collect();
    if tags.len() != 2 * words.len() + 1 {
        return Err(format!("{} tags for {} tokens", tags.len(), words.len()));
    }
    let mut runs: Vec<Span> = Vec::new();
    let mut before_bad = false;
    for (word, bad) in words.iter().zip(tags.iter().skip(1).step_by(2)) {
        if *bad {
            let start = word.as_ptr() as usize - line.as_ptr() as usize;
            let end = start + word.len();
            match runs.last_mut() {
                Some(run) if before_bad => run.end = end,
                _ => runs.push(Span::new(start, end)),
            }
        }
        before_bad = *bad;
    }
    let gaps = tags.iter().step_by(2).filter(|bad| **bad).count();
    Ok((runs, gaps))
}

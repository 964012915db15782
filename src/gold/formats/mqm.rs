//! MQM TSV, as the WMT human evaluations publish it: `system,doc,doc_id,seg_id,rater,source,target,category,severity` with tabs, one
//! row per error, the error between `<v>` and `</v>` in the target (or, for omissions, in the source).
//!
//! One document per system and `doc` (`doc.system`), one line and segment per `seg_id`; the `doc` is the story. Segments of one `doc`
//! and `seg_id` render one source sentence and form a copy group. Errors become garbles in the words of the file, which the type
//! map of the new dataset.toml translates on loading (roughly: MQM asks about translation, karat about text). Error spans may
//! overlap. Human references are documents like the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::{Corpus, Document, Span};
use crate::error::{Result, all_or_nothing};
use crate::gold::formats::exchange::{self, fault, safe_id};
use crate::gold::formats::{Exported, Imported, Options, Source};
use crate::gold::manifest::Manifest;
use crate::label::{Garble, Gold, GroupMember, Segment};

const COLUMNS: &str = "system\tdoc\tdoc_id\tseg_id\trater\tsource\ttarget\tcategory\tseverity\n";
const NO_ERROR: &str = "No-error";

/// What MQM categories come closest to.
const CATEGORIES: [(&str, &str); 19] = [
    ("Accuracy/Addition", "meaning"),
    ("Accuracy/Mistranslation", "meaning"),
    ("Accuracy/Omission", "token"),
    ("Accuracy/Untranslated text", "lexical"),
    ("Fluency/Character encoding", "surface"),
    ("Fluency/Grammar", "syntax"),
    ("Fluency/Inconsistency", "name"),
    ("Fluency/Punctuation", "surface"),
    ("Fluency/Register", "lexical"),
    ("Fluency/Spelling", "surface"),
    ("Locale convention/Date format", "surface"),
    ("Non-translation!", "lexical"),
    ("Other", "lexical"),
    ("Source error", "lexical"),
    ("Style/Awkward", "lexical"),
    ("Terminology/Inappropriate for context", "lexical"),
    ("Terminology/Inconsistent use of terminology", "name"),
    ("Fluency/Other", "syntax"),
    ("Accuracy/Other", "meaning"),
];

const SEVERITIES: [(&str, &str); 4] = [
    ("Critical", "critical"),
    ("Major", "major"),
    ("Minor", "minor"),
    ("Neutral", "minor"),
];

/// A target text with its errors: place in the target, category, severity.
struct Target {
    text: String,
    errors: Vec<(Span, String, String)>,
}

/// Reads MQM TSV.
///
/// # Errors
/// Rows with other columns, unpaired `<v>`, and targets of one segment that differ between rows.
pub fn import(sources: &[Source], options: &Options) -> Result<Imported> {
    let mut faults = Vec::new();
    // Segment ids are numbers in published files, but need not be.
    type Key = (String, String, (usize, String));
    let mut targets: BTreeMap<Key, Target> = BTreeMap::new();
    let (mut in_source, mut empty) = (0, 0);
    for source in sources {
        for (index, line) in source
            .text
            .lines()
            .enumerate()
            .skip(1)
            .filter(|(_, line)| !line.is_empty())
        {
            let mut refuse = |problem: &str| {
                faults.push(fault(
                    &source.path,
                    index + 1,
                    problem,
                    "columns: system doc doc_id seg_id rater source target category severity",
                ));
            };
            let cells: Vec<&str> = line.split('\t').collect();
            let [system, doc, _, segment, _, _, marked, category, severity] = cells[..] else {
                refuse("a row has nine cells between tabs");
                continue;
            };
            let Some((text, span)) = unmark(marked) else {
                refuse("`<v>` and `</v>` do not pair in the target");
                continue;
            };
            let number = segment.parse().unwrap_or(usize::MAX);
            let key = (
                doc.to_owned(),
                system.to_owned(),
                (number, segment.to_owned()),
            );
            let target = targets.entry(key).or_insert_with(|| Target {
                text: text.clone(),
                errors: Vec::new(),
            });
            if target.text != text {
                refuse("the target is not that of the segment's first row");
                continue;
            }
            match span {
                Some(span) if span.is_empty() => empty += 1,
                Some(span) if category != NO_ERROR => {
                    target
                        .errors
                        .push((span, category.to_owned(), severity.to_owned()));
                }
                _ => in_source += usize::from(category != NO_ERROR),
            }
        }
    }
    all_or_nothing(faults)?;
    let mut notices = Vec::new();
    for (count, what) in [
        (
            in_source,
            "errors are marked in the source only and are left out",
        ),
        (empty, "errors mark no character and are left out"),
    ] {
        if count > 0 {
            notices.push(format!("{count} {what}"));
        }
    }
    build(&targets, options, notices)
}

/// Text without the marks, and the marked span.
fn unmark(marked: &str) -> Option<(String, Option<Span>)> {
    let Some((before, rest)) = marked.split_once("<v>") else {
        return (!marked.contains("</v>")).then(|| (marked.to_owned(), None));
    };
    let (inside, after) = rest.split_once("</v>")?;
    let span = Span::new(before.len(), before.len() + inside.len());
    let whole = format!("{before}{inside}{after}");
    (!whole.contains("<v>") && !whole.contains("</v>")).then_some((whole, Some(span)))
}

fn build(
    targets: &BTreeMap<(String, String, (usize, String)), Target>,
    options: &Options,
    notices: Vec<String>,
) -> Result<Imported> {
    let mut documents: Vec<Document> = Vec::new();
    let mut stories = BTreeMap::new();
    // Per target its document and the byte at which it starts.
    let mut places: Vec<(String, usize)> = Vec::new();
    let mut current = None;
    for (doc, system, _) in targets.keys() {
        let id = safe_id(&format!("{doc}.{system}"), documents.len() + 1);
        if current != Some((doc, system)) {
            current = Some((doc, system));
            stories.insert(id.clone(), doc.clone());
            documents.push(Document {
                id: id.clone(),
                text: String::new(),
            });
        }
        places.push((id, 0));
    }
    for (place, target) in places.iter_mut().zip(targets.values()) {
        if let Some(document) = documents.iter_mut().find(|document| document.id == place.0) {
            place.1 = document.text.len();
            document.text.push_str(&target.text);
            document.text.push('\n');
        }
    }
    let corpus = Corpus::new(documents)?;
    let mut segments: Vec<(Segment, String)> = Vec::new();
    let mut garbles = Vec::new();
    for ((id, start), ((doc, _, (_, segment)), target)) in places.iter().zip(targets) {
        let document = corpus.index(id).unwrap_or_default();
        let lead = target.text.len() - target.text.trim_start().len();
        let span = Span::new(start + lead, start + target.text.trim_end().len().max(lead));
        if !span.is_empty() {
            let label = Segment {
                document,
                id: String::new(),
                span,
                zone: "body".to_owned(),
            };
            segments.push((label, format!("{doc}:{segment}")));
        }
        for (span, category, severity) in &target.errors {
            garbles.push(Garble {
                document,
                span: Span::new(start + span.start, start + span.end),
                category: category.clone(),
                subtype: String::new(),
                severity: severity.clone(),
                intended: String::new(),
                witness: String::new(),
                doubtful: false,
            });
        }
    }
    segments.sort_by_key(|(segment, _)| (segment.document, segment.span));
    garbles.sort_by(|a: &Garble, b| {
        (a.document, a.span, &a.category, &a.severity).cmp(&(
            b.document,
            b.span,
            &b.category,
            &b.severity,
        ))
    });
    let mut number = BTreeMap::new();
    for (segment, _) in &mut segments {
        let next: &mut usize = number.entry(segment.document).or_default();
        *next += 1;
        segment.id = format!("s{next:03}");
    }
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, group) in &segments {
        *sizes.entry(group).or_default() += 1;
    }
    let mut members: Vec<GroupMember> = segments
        .iter()
        .enumerate()
        .filter(|(_, (_, group))| sizes.get(group.as_str()).is_some_and(|size| *size > 1))
        .map(|(index, (_, group))| GroupMember {
            group: group.clone(),
            segment: index,
            piece: None,
            doubtful: false,
        })
        .collect();
    members.sort_by(|a, b| (&a.group, a.segment).cmp(&(&b.group, b.segment)));
    let mut manifest = Manifest {
        name: options.name.clone(),
        overlapping: vec!["garbles".to_owned()],
        stories,
        ..Manifest::default()
    };
    let categories: BTreeSet<&String> = garbles.iter().map(|garble| &garble.category).collect();
    let severities: BTreeSet<&String> = garbles.iter().map(|garble| &garble.severity).collect();
    manifest.vocabulary.zones = vec!["body".to_owned()];
    manifest.vocabulary.garbles = categories
        .iter()
        .map(|name| ((*name).clone(), Vec::new()))
        .collect();
    manifest.vocabulary.severities = severities.iter().map(|name| (*name).clone()).collect();
    manifest.type_map.garbles = mapped(&CATEGORIES, &categories);
    manifest.type_map.severities = mapped(&SEVERITIES, &severities);
    let gold = Gold {
        dataset: options.name.clone(),
        stories: manifest.stories_of(&corpus),
        corpus,
        segments: Some(segments.into_iter().map(|(segment, _)| segment).collect()),
        copy_groups: Some(members),
        garbles: Some(garbles),
        ..Gold::default()
    };
    Ok(Imported {
        manifest,
        gold,
        notices,
    })
}

fn mapped(map: &[(&str, &str)], words: &BTreeSet<&String>) -> BTreeMap<String, String> {
    map.iter()
        .filter(|(from, _)| words.iter().any(|word| word == from))
        .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
        .collect()
}

/// Writes MQM TSV: per segment one row for each garble inside it, or one `No-error` row.
///
/// # Errors
/// A dataset without segments.
pub fn export(gold: &Gold, _options: &Options) -> Result<Exported> {
    let segments = gold.segments.as_deref().ok_or_else(|| {
        crate::error::Error::invalid(
            "export",
            "MQM TSV is written by segment",
            "the dataset needs segments.csv",
        )
    })?;
    let mut text = COLUMNS.to_owned();
    let (mut across, mut marks, mut fields) = (0, 0, 0);
    let garbles = gold.garbles.as_deref().unwrap_or_default();
    for garble in garbles {
        let inside = segments
            .iter()
            .any(|s| s.document == garble.document && s.span.contains(garble.span));
        across += usize::from(!inside);
        fields += usize::from(
            !(garble.subtype.is_empty() && garble.intended.is_empty() && !garble.doubtful),
        );
    }
    let groups: BTreeMap<usize, &str> = gold
        .copy_groups
        .iter()
        .flatten()
        .map(|member| (member.segment, member.group.as_str()))
        .collect();
    for (index, segment) in segments.iter().enumerate() {
        let id = gold.document_id(segment.document);
        let story = gold
            .stories
            .get(segment.document)
            .map_or("", String::as_str);
        let system = id
            .strip_prefix(story)
            .and_then(|rest| rest.strip_prefix('.'))
            .unwrap_or(id);
        // A group that came from an MQM file carries the segment id of that file.
        let name = groups
            .get(&index)
            .and_then(|group| group.strip_prefix(story)?.strip_prefix(':'));
        let name = name.unwrap_or(segment.id.trim_start_matches('s'));
        let content = segment
            .span
            .text(&gold.corpus.documents[segment.document].text)
            .unwrap_or_default();
        marks += usize::from(content.contains("<v>") || content.contains("</v>"));
        let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        let mut row = |target: String, category: &str, severity: &str| {
            text.push_str(&format!(
                "{system}\t{story}\t1\t{name}\tgold\t\t{target}\t{category}\t{severity}\n"
            ));
        };
        let mut here = garbles
            .iter()
            .filter(|garble| {
                garble.document == segment.document && segment.span.contains(garble.span)
            })
            .peekable();
        if here.peek().is_none() {
            row(plain(content), NO_ERROR, NO_ERROR);
        }
        for garble in here {
            let (start, end) = (
                garble.span.start - segment.span.start,
                garble.span.end - segment.span.start,
            );
            let part = |range: Option<&str>| plain(range.unwrap_or_default());
            let target = format!(
                "{}<v>{}</v>{}",
                part(content.get(..start)),
                part(content.get(start..end)),
                part(content.get(end..))
            );
            row(target, &garble.category, &garble.severity);
        }
    }
    let mut notices = Vec::new();
    for (count, what) in [
        (across, "garbles reach over a segment and are left out"),
        (fields, "garbles lose subtype, intended reading or doubt"),
        (marks, "segments hold `<v>` as text and cannot be read back"),
    ] {
        if count > 0 {
            notices.push(format!("{count} {what}"));
        }
    }
    notices.push("MQM TSV holds segments, not what stands between them, and no zones".to_owned());
    notices.extend(exchange::other_layers(
        gold,
        &["segments", "garbles", "copy_groups"],
        "MQM TSV",
    ));
    let files = [("dataset.tsv".to_owned(), text)].into();
    Ok(Exported { files, notices })
}

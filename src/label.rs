//! Gold labels as plain types. No file is read here (see `gold`), nothing is scored here (see `task`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span, Unit};

/// A segment: a sentence, headline, caption, credit or piece of furniture. Segments of a document never overlap and cover
/// every non-blank character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Index of the document in the corpus.
    pub document: usize,
    /// `s001`, `s002`, ... in order within its document.
    pub id: String,
    /// Where it stands.
    pub span: Span,
    /// One of the dataset's zones.
    pub zone: String,
}

/// How two documents are related: the strongest relation that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Same bytes after NFC and white-space collapse.
    Exact,
    /// Both derive from one source text.
    NearDuplicate,
    /// Both report one event, written independently.
    SameEvent,
    /// Nothing in common.
    Unrelated,
}

impl Relation {
    /// True when a deduper should pair the two documents.
    pub const fn is_duplicate(self) -> bool {
        matches!(self, Self::Exact | Self::NearDuplicate)
    }
}

/// Which side of a document pair could be deleted with no statement lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Redundant {
    /// The first adds nothing to the second.
    A,
    /// The second adds nothing to the first.
    B,
    /// Either could go.
    Both,
    /// Each says something that the other does not.
    None,
    /// The dataset does not say (an empty cell); such a pair is ignored at the level `redundancy`.
    #[serde(rename = "")]
    Unjudged,
}

/// A labelled pair of documents, `a < b`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPair {
    /// Index of the first document.
    pub a: usize,
    /// Index of the second document.
    pub b: usize,
    /// How they are related.
    pub relation: Relation,
    /// Which side is redundant.
    pub redundant: Redundant,
}

/// One segment's membership in a copy group (or in a boilerplate group, where `piece` and `doubtful` do not apply).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMember {
    /// Group identifier.
    pub group: String,
    /// Index into [`Gold::segments`].
    pub segment: usize,
    /// Number of the piece when the source sentence was split; `None` for an unsplit segment.
    pub piece: Option<u32>,
    /// A careful colleague might not have joined it.
    pub doubtful: bool,
}

/// Two segments that assert the same main proposition in independent words (a hard negative).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SameFact {
    /// Index of one segment.
    pub a: usize,
    /// Index of the other.
    pub b: usize,
}

/// Whether a mention stands inside another labelled mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nesting {
    /// Not inside another mention.
    Outer,
    /// Inside a longer mention that names another entity.
    Inner,
}

/// A labelled name in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Index of the document.
    pub document: usize,
    /// Where the name stands.
    pub span: Span,
    /// One of the dataset's entity types.
    pub entity_type: String,
    /// Identifier of the entity; empty when the dataset has no entity layer.
    pub entity: String,
    /// Outer or inner.
    pub nesting: Nesting,
    /// Zone of its segment; empty when the dataset has no segments.
    pub zone: String,
    /// The name is corrupted.
    pub garbled: bool,
    /// The name or its head word is in lower case.
    pub lowercase: bool,
    /// A capital or building that stands for a government.
    pub metonymic: bool,
    /// Don't-care when scored.
    pub doubtful: bool,
}

/// A thing in the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Slug such as `gpe:united-states`.
    pub id: String,
    /// One of the dataset's entity types.
    pub entity_type: String,
    /// Usual full name.
    pub canonical: String,
    /// For a NORP, the entity it derives from; else empty.
    pub derived_from: String,
    /// Remark.
    pub note: String,
}

/// A span that the author did not mean to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Garble {
    /// Index of the document.
    pub document: usize,
    /// The tokens that change.
    pub span: Span,
    /// One of the dataset's garble categories.
    pub category: String,
    /// Finer kind; may be empty.
    pub subtype: String,
    /// One of the dataset's severities.
    pub severity: String,
    /// The reading that repairs it; empty for a deletion.
    pub intended: String,
    /// `document:segment` that shows the reading, or `inferred`.
    pub witness: String,
    /// Don't-care when scored.
    pub doubtful: bool,
}

/// A listed pair of mentions with a judgement (for sets such as name pairs), indices into [`Gold::mentions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MentionPair {
    /// One mention.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// True when both name the same entity.
    pub same: bool,
}

/// A minimal pair: two documents of which the first is the cleaner one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// The clean document.
    pub clean: usize,
    /// The damaged one.
    pub damaged: usize,
    /// Error class, for slices; may be empty.
    pub category: String,
}

/// Whether a layer judges everything or only what it lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Judged {
    /// What is not listed is negative.
    #[default]
    All,
    /// What is not listed is not judged and therefore ignored.
    Listed,
}

/// Start of the name of every dataset whose labels were put in by program. It goes with each row of each report.
pub const SYNTHETIC: &str = "synthetic-";

/// Everything known about one dataset. A layer that the dataset does not have is `None`.
#[derive(Debug, Clone, Default)]
pub struct Gold {
    /// Name of the dataset (its folder's name).
    pub dataset: String,
    /// BLAKE3 digest over the corpus and all layers, 32 hexadecimal digits.
    pub digest: String,
    /// The articles.
    pub corpus: Corpus,
    /// Story of each document, by document index.
    pub stories: Vec<String>,
    /// Per layer (file stem) what is judged; absent means [`Judged::All`].
    pub judged: BTreeMap<String, Judged>,
    /// Segments ordered by document and start.
    pub segments: Option<Vec<Segment>>,
    /// Labelled document pairs.
    pub document_pairs: Option<Vec<DocumentPair>>,
    /// Members of copy groups.
    pub copy_groups: Option<Vec<GroupMember>>,
    /// Members of boilerplate groups.
    pub boilerplate_groups: Option<Vec<GroupMember>>,
    /// Hard negatives.
    pub same_fact: Option<Vec<SameFact>>,
    /// Mentions ordered by document, start and descending end.
    pub mentions: Option<Vec<Mention>>,
    /// Entities by id.
    pub entities: Option<Vec<Entity>>,
    /// Garbles ordered by document and start.
    pub garbles: Option<Vec<Garble>>,
    /// Listed mention pairs.
    pub mention_pairs: Option<Vec<MentionPair>>,
    /// Minimal pairs.
    pub preferences: Option<Vec<Preference>>,
}

impl Gold {
    /// True when the labels were put in by program: no figure on them says anything about real text.
    pub fn is_synthetic(&self) -> bool {
        self.dataset.starts_with(SYNTHETIC)
    }

    /// What the layer with this file stem judges.
    pub fn judged(&self, layer: &str) -> Judged {
        self.judged.get(layer).copied().unwrap_or_default()
    }

    /// Identifier of a document.
    pub fn document_id(&self, document: usize) -> &str {
        &self.corpus.documents[document].id
    }

    /// Identifiers of all documents as they stand in item ids: the part before the first `_` where no other document has the
    /// same, else the whole.
    pub fn short_ids(&self) -> Vec<&str> {
        let short = |id: &'_ str| id.split('_').next().unwrap_or_default().len();
        let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
        for document in &self.corpus.documents {
            *seen.entry(&document.id[..short(&document.id)]).or_default() += 1;
        }
        self.corpus
            .documents
            .iter()
            .map(|document| {
                let part = &document.id[..short(&document.id)];
                let unique = !part.is_empty() && seen.get(part) == Some(&1);
                if unique { part } else { document.id.as_str() }
            })
            .collect()
    }

    /// The segment that covers most of `span`, the first one on a tie, as an index into [`Gold::segments`].
    pub fn segment_at(&self, document: usize, span: Span) -> Option<usize> {
        let segments = self.segments.as_deref()?;
        let first =
            segments.partition_point(|s| (s.document, s.span.end) <= (document, span.start));
        let mut best: Option<(usize, usize)> = None;
        for (index, segment) in segments.iter().enumerate().skip(first) {
            if segment.document != document || segment.span.start >= span.end {
                break;
            }
            let overlap = segment.span.overlap(span);
            if best.is_none_or(|(most, _)| overlap > most) {
                best = Some((overlap, index));
            }
        }
        best.filter(|&(overlap, _)| overlap > 0)
            .map(|(_, index)| index)
    }

    /// Documents as units, one each.
    pub fn document_units(&self) -> Vec<Unit<'_>> {
        document_units(&self.corpus)
    }

    /// Segments as units, in the order of [`Gold::segments`]; empty without that layer.
    pub fn segment_units(&self) -> Vec<Unit<'_>> {
        let mut position = 0;
        let mut last = usize::MAX;
        let segments = self.segments.as_deref().unwrap_or_default();
        segments
            .iter()
            .map(|segment| {
                position = if segment.document == last {
                    position + 1
                } else {
                    0
                };
                last = segment.document;
                Unit {
                    text: segment
                        .span
                        .text(&self.corpus.documents[segment.document].text)
                        .unwrap_or_default(),
                    document: u32::try_from(segment.document).unwrap_or(u32::MAX),
                    position,
                }
            })
            .collect()
    }
}

/// The documents of a corpus as units, one each.
pub fn document_units(corpus: &Corpus) -> Vec<Unit<'_>> {
    corpus
        .documents
        .iter()
        .enumerate()
        .map(|(index, document)| Unit {
            text: &document.text,
            document: u32::try_from(index).unwrap_or(u32::MAX),
            position: 0,
        })
        .collect()
}

/// At most ten names for a message, and how many more there are.
pub fn short_list<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(10);
    let mut list = names.take(10).collect::<Vec<_>>().join(", ");
    if more > 0 {
        list.push_str(&format!(" and {more} more"));
    }
    list
}

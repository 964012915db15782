//! The layers: file stem, columns in file order, and which of them a file must have.

/// One kind of label file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    /// File stem.
    pub name: &'static str,
    /// Every column, in the order in which karat writes them.
    pub columns: &'static [&'static str],
    /// Columns that may be left out (then empty, which means `false`, `outer` or unknown).
    pub optional: &'static [&'static str],
}

impl Layer {
    /// File name in a dataset folder.
    pub fn file(&self) -> String {
        format!("{}.csv", self.name)
    }
}

/// Sentences, headlines, captions, credits and furniture.
pub const SEGMENTS: Layer = Layer {
    name: "segments",
    columns: &["document", "segment", "start", "end", "zone", "text"],
    optional: &[],
};

/// Judged pairs of documents.
pub const DOCUMENT_PAIRS: Layer = Layer {
    name: "document_pairs",
    columns: &["document_a", "document_b", "relation", "redundant", "note"],
    optional: &["redundant", "note"],
};

/// Segments that render one source sentence.
pub const COPY_GROUPS: Layer = Layer {
    name: "copy_groups",
    columns: &[
        "group", "document", "segment", "piece", "start", "end", "text", "doubtful",
    ],
    optional: &["piece", "doubtful"],
};

/// Equal furniture and equal credits.
pub const BOILERPLATE_GROUPS: Layer = Layer {
    name: "boilerplate_groups",
    columns: &["group", "document", "segment", "start", "end", "text"],
    optional: &[],
};

/// Hard negatives: one proposition in independent words.
pub const SAME_FACT: Layer = Layer {
    name: "same_fact",
    columns: &["document_a", "segment_a", "document_b", "segment_b", "note"],
    optional: &["note"],
};

/// Names in texts.
pub const MENTIONS: Layer = Layer {
    name: "mentions",
    columns: &[
        "document",
        "start",
        "end",
        "text",
        "entity_type",
        "entity",
        "nesting",
        "zone",
        "garbled",
        "lowercase",
        "metonymic",
        "doubtful",
    ],
    optional: &[
        "entity",
        "nesting",
        "zone",
        "garbled",
        "lowercase",
        "metonymic",
        "doubtful",
    ],
};

/// Things in the world.
pub const ENTITIES: Layer = Layer {
    name: "entities",
    columns: &["entity", "entity_type", "canonical", "derived_from", "note"],
    optional: &["derived_from", "note"],
};

/// Spans that their author did not mean to stand there.
pub const GARBLES: Layer = Layer {
    name: "garbles",
    columns: &[
        "document", "start", "end", "text", "category", "subtype", "severity", "intended",
        "witness", "doubtful",
    ],
    optional: &["subtype", "intended", "witness", "doubtful"],
};

/// Judged pairs of mentions (name pairs): each side is a row of `mentions.csv`.
pub const MENTION_PAIRS: Layer = Layer {
    name: "mention_pairs",
    columns: &[
        "document_a",
        "start_a",
        "end_a",
        "document_b",
        "start_b",
        "end_b",
        "same",
        "note",
    ],
    optional: &["note"],
};

/// Minimal pairs of documents, the clean one first.
pub const PREFERENCES: Layer = Layer {
    name: "preferences",
    columns: &["clean", "damaged", "category", "note"],
    optional: &["category", "note"],
};

/// Every layer, in the order in which they are read (each refers only to those before it).
pub const ALL: [Layer; 10] = [
    SEGMENTS,
    DOCUMENT_PAIRS,
    COPY_GROUPS,
    BOILERPLATE_GROUPS,
    SAME_FACT,
    ENTITIES,
    MENTIONS,
    GARBLES,
    MENTION_PAIRS,
    PREFERENCES,
];

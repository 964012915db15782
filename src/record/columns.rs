//! What each column of the CSV files means, in the words of the glossary.

/// Column and meaning; a column means the same in every file that has it.
pub const COLUMNS: &[(&str, &str)] = &[
    (
        "schema",
        "version of the columns; columns are only ever appended",
    ),
    ("dataset", "name of the dataset"),
    (
        "gold_digest",
        "digest of articles and labels: only equal ones compare",
    ),
    (
        "corpus_digest",
        "digest of ids and texts of the corpus that was predicted on; empty skips the check",
    ),
    ("task", "dedup, entity or garble"),
    (
        "level",
        "dedup: document, segment, redundancy; entity: mention, resolution, end-to-end; garble: span, segment, document",
    ),
    ("algorithm", "name; recognizer+resolver at level end-to-end"),
    (
        "params",
        "parameters as the variant writes them, sorted, such as bands=16,rows=8",
    ),
    (
        "seed",
        "seed of what draws numbers; a list in rows on the spread over seeds",
    ),
    (
        "slice",
        "part of the gold: all, or name=value such as zone=body",
    ),
    (
        "match_rule",
        "when a prediction counts: pairs, closure; strict, exact, partial, type; overlap, character",
    ),
    ("metric", "name of the metric, or of a work counter"),
    ("metric_version", "version of the metric's definition"),
    ("value", "the value; empty when it is undefined"),
    ("ci_low", "lower end of the interval"),
    ("ci_high", "upper end of the interval"),
    ("ci_method", "how the interval was made"),
    ("true_positives", "weight of what is in gold and predicted"),
    (
        "false_positives",
        "weight of what is predicted and not in gold",
    ),
    (
        "false_negatives",
        "weight of what is in gold and not predicted",
    ),
    (
        "true_negatives",
        "weight of what is in neither, where that is defined",
    ),
    ("support", "gold items behind the value"),
    ("stories", "stories behind the value: what inference counts"),
    (
        "status",
        "ok, or how it failed: crash, timeout, memory-limit, protocol, refused",
    ),
    ("error", "what was said about the failure"),
    ("document", "document id; of a pair the first"),
    (
        "item",
        "stable name of what is scored, such as embassy/mention/003:1066-1078: `karat show` takes it",
    ),
    (
        "verdict",
        "true positive, false positive, false negative, ignored",
    ),
    ("detail", "COR, INC, PAR, MIS or SPU for spans"),
    (
        "weight",
        "how much it counts: 1, or less where a match rule gives part of the credit",
    ),
    (
        "confidence",
        "what the algorithm attached, 0 to 1: a pair's similarity, a mention's or garble's confidence; empty counts as 1",
    ),
    (
        "story",
        "story of the document; of a pair across two stories both, joined by +",
    ),
    ("zone", "zone of the segment: headline, body, ..."),
    ("gold_type", "entity type in gold"),
    ("predicted_type", "predicted entity type"),
    ("category", "garble category"),
    ("severity", "garble severity"),
    ("gold_text", "text in gold"),
    ("predicted_text", "predicted text"),
    (
        "slices",
        "further slices that the item belongs to, as name=value, separated by |",
    ),
    (
        "threshold",
        "everything at this similarity or confidence or above is predicted",
    ),
    ("precision", "share of the predicted that is right"),
    ("recall", "share of the gold that is found"),
    ("f1", "2 TP / (2 TP + FP + FN)"),
    (
        "on_frontier",
        "no other point has both higher precision and higher recall",
    ),
    ("run", "version of karat that timed it"),
    ("input", "what was worked on"),
    ("threads", "threads that the worker could use"),
    ("sample", "number of the timed pass"),
    ("phase", "fit or predict"),
    ("wall_ns", "wall time in nanoseconds"),
    (
        "cpu_user_ns",
        "processor time of the program in nanoseconds",
    ),
    (
        "cpu_sys_ns",
        "processor time of the system for it in nanoseconds",
    ),
    ("peak_bytes", "the worker's own peak of resident memory"),
    (
        "documents",
        "documents, or units of a deduper, of the input",
    ),
    ("bytes", "bytes of text of the input"),
    ("output_hash", "digest of the answer: equal in all passes"),
    (
        "start",
        "first byte of the passage (UTF-8); empty for a whole document",
    ),
    ("end", "one past its last byte"),
    ("other_document", "the other document of a pair"),
    ("other_start", "first byte of the other passage"),
    ("other_end", "one past its last byte"),
    ("label", "entity type of a mention, category of a garble"),
    (
        "cluster",
        "name of the cluster: of a mention, or of a group of copies; any text",
    ),
    ("base_variant", "variant compared with"),
    ("head_variant", "variant compared"),
    ("base", "value on the side compared with"),
    ("head", "value on the side compared"),
    ("delta", "head minus base"),
    ("ratio", "head divided by base"),
    ("test", "test that the p-value comes from"),
    ("p", "p-value; empty where no inference is possible"),
    ("p_adjusted", "p-value adjusted for the family of tests"),
    ("adjust", "how it was adjusted"),
    ("fixed", "items that are right now and were wrong"),
    ("broken", "items that are wrong now and were right"),
    (
        "mde",
        "smallest difference that so many stories could have shown",
    ),
    ("tolerance", "difference up to which the gate looks away"),
    (
        "decision",
        "what is concluded: see METHODOLOGY.md, Comparing",
    ),
    ("gated", "true when the decision fails the gate"),
    ("reason", "why it is decided so"),
];

/// What a column means; `None` for a name that no file has.
pub fn meaning(column: &str) -> Option<&'static str> {
    COLUMNS
        .iter()
        .find(|(name, _)| *name == column)
        .map(|(_, meaning)| *meaning)
}

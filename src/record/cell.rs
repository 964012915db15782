//! Text in a cell: what a spreadsheet would take for a formula is neutralised on the way out and restored on the way in.

use serde::{Deserialize, Deserializer, Serializer};

/// A cell that a spreadsheet would take for a formula is opened with an apostrophe.
pub fn neutral(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Takes the apostrophe of [`neutral`] away again.
pub fn original(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => rest,
        _ => text,
    }
}

pub(super) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&neutral(text))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(original(&String::deserialize(deserializer)?).to_owned())
}

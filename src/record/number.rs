//! A number in a cell: shortest text that reads back as the same number, empty when undefined; nothing but finite numbers comes in.

use serde::{Deserialize, Deserializer, Serializer};

#[allow(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
pub(crate) fn serialize<S: Serializer>(
    value: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        // Adding 0 turns -0 into 0, so that equal values have equal texts.
        Some(value) => serializer.serialize_str(&format!("{}", value + 0.0)),
        None => serializer.serialize_str(""),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => Err(serde::de::Error::custom(format!(
            "`{text}` is not a number"
        ))),
    }
}

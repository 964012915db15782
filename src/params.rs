//! Parameters of algorithms: one serde struct with defaults per algorithm; one text for `karat.toml`, workers and CSV.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Parameters by name, sorted by name.
pub type Params = Map<String, Value>;

/// What every algorithm's parameter struct is: the algorithm itself.
///
/// Derive `Serialize`, `Deserialize` and `Default`, with `#[serde(default, deny_unknown_fields)]`.
pub trait Algorithm: Serialize + DeserializeOwned + Default + Send + Sync + 'static {
    /// Checks ranges that types cannot express.
    ///
    /// # Errors
    /// A sentence that names parameter, value and range.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Builds an algorithm from parameters; absent ones take their defaults.
///
/// # Errors
/// Unknown parameters, wrong types and values out of range, in words for the user.
pub fn build<A: Algorithm>(params: &Params) -> Result<A, String> {
    let algorithm: A =
        serde_json::from_value(Value::Object(params.clone())).map_err(|e| e.to_string())?;
    algorithm.check()?;
    Ok(algorithm)
}

/// All parameters of an algorithm with their values.
pub fn full<A: Algorithm>(algorithm: &A) -> Params {
    match serde_json::to_value(algorithm) {
        Ok(Value::Object(map)) => map,
        _ => Params::new(),
    }
}

/// Prints parameters as `bands=16,rows=8`, sorted by name; nested values as compact JSON.
pub fn text(params: &Params) -> String {
    let parts: Vec<String> = params
        .iter()
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        })
        .collect();
    parts.join(",")
}

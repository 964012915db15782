//! Model files: a line of JSON, then the weights, compressed.
//!
//! The line says what the file is (`"karat":"perceptron"`), the version of the templates, the types, the size of the table and,
//! for the reader, what it was trained on. The weights are little-endian integers under zstd: 32-bit transitions, then the 16-bit
//! table. A file holds no word of the texts that it was trained on, only sums under hashed row numbers.

use std::io::Read as _;

use serde::{Deserialize, Serialize};

use super::decode::{LANES, Transitions, allowed, blocks};
use super::features::VERSION;
use super::tagger::{MOST, Tagger, tags};
use super::tokens::CLASSES;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    karat: String,
    features: u32,
    types: Vec<String>,
    bits: u32,
    about: String,
}

/// Most rows times blocks of a table: 128 MB.
pub(super) const LARGEST: usize = 1 << 22;

/// The bytes of a model file.
pub(super) fn write(tagger: &Tagger, about: &str) -> Result<Vec<u8>, String> {
    let header = Header {
        karat: "perceptron".to_owned(),
        features: VERSION,
        types: tagger.types.clone(),
        bits: tagger.bits,
        about: about.to_owned(),
    };
    let mut file = serde_json::to_vec(&header).map_err(|error| error.to_string())?;
    file.push(b'\n');
    let mut weights = Vec::new();
    for score in tagger.transitions.scores.iter().flatten() {
        weights.extend_from_slice(&score.to_le_bytes());
    }
    for weight in tagger.table.iter().flatten() {
        weights.extend_from_slice(&weight.to_le_bytes());
    }
    file.extend(zstd::bulk::compress(&weights, 19).map_err(|error| error.to_string())?);
    Ok(file)
}

/// Reads a model file.
pub(super) fn read(file: &[u8]) -> Result<Tagger, String> {
    let line = file.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let header: Header = serde_json::from_slice(&file[..line])
        .map_err(|_| "this is no model file of `karat train perceptron`".to_owned())?;
    if header.karat != "perceptron" || header.features != VERSION {
        return Err(format!(
            "a model of `{}` with features {}; this version reads `perceptron` with features {VERSION}: train it again",
            header.karat, header.features
        ));
    }
    let tags = tags(header.types.len());
    let rows = 1usize
        .checked_shl(header.bits)
        .unwrap_or(0)
        .saturating_mul(blocks(tags));
    if header.types.is_empty() || tags > 255 || rows == 0 || rows > LARGEST {
        return Err(format!(
            "{} types and {} bits are out of range",
            header.types.len(),
            header.bits
        ));
    }
    let mut transitions = Transitions::new(tags, CLASSES);
    let expected = transitions.scores.len() * LANES * 4 + rows * LANES * 2;
    let mut weights = Vec::with_capacity(expected);
    let decoder = zstd::Decoder::new(&file[line + 1..]).map_err(|error| error.to_string())?;
    decoder
        .take(expected as u64 + 1)
        .read_to_end(&mut weights)
        .map_err(|error| format!("the weights cannot be read: {error}"))?;
    if weights.len() != expected {
        return Err("the number of weights is wrong: the file is torn".to_owned());
    }
    let (steps, table) = weights.split_at(transitions.scores.len() * LANES * 4);
    let mut steps = steps
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| i32::from_le_bytes(*bytes));
    for class in 0..CLASSES {
        for previous in 0..=tags {
            for tag in 0..blocks(tags) * LANES {
                let score = steps.next().unwrap_or_default();
                if allowed(previous, tag, tags) {
                    let (block, lane) = transitions.place(class, previous, tag);
                    transitions.scores[block][lane] = score.clamp(-100_000, 100_000);
                }
            }
        }
    }
    let table: Vec<i16> = table
        .as_chunks::<2>()
        .0
        .iter()
        .map(|bytes| i16::from_le_bytes(*bytes))
        .collect();
    if table
        .iter()
        .any(|weight| weight.unsigned_abs() > MOST.unsigned_abs())
    {
        return Err(format!("a weight is above {MOST}: the file is damaged"));
    }
    Ok(Tagger {
        types: header.types,
        bits: header.bits,
        table: table.as_chunks::<LANES>().0.to_vec(),
        transitions,
    })
}

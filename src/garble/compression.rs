//! Compression ratio of windows: text that compresses far better or far worse than text does.
//!
//! # What it does
//! Flags windows of a document that zstd packs to an unusual size: repeated boilerplate and lists pack too well, random
//! characters and encoded data too badly.
//!
//! # How it decides
//! Each window of `window` bytes, half overlapping, is compressed at level 1. The ratio (packed by plain) is compared with `low` and
//! `high`; the confidence grows with the distance and is at least 0.5 outside of them.
//!
//! # Parameters
//! - `window` (default 2048 bytes): below one kilobyte the ratio of prose scatters too widely to say anything.
//! - `low` (default 0.25) and `high` (default 0.72): prose of 2 KB packs to 0.45 to 0.65 at level 1; base64 holds 6 bits in 8 and cannot go below 0.75.
//!
//! # Cost
//! zstd level 1 over every byte twice.
//!
//! # Known to miss
//! Everything that keeps the statistics of text.
//!
//! # Reference
//! The compression-ratio filter of llm-jp-corpus; zstd (RFC 8878).

use std::cell::RefCell;

use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compression {
    /// Bytes per window.
    pub window: usize,
    /// Ratios below are too repetitive.
    pub low: f64,
    /// Ratios above are too random.
    pub high: f64,
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            window: 2048,
            low: 0.25,
            high: 0.72,
        }
    }
}

impl Algorithm for Compression {
    fn check(&self) -> Result<(), String> {
        if self.window < 256 {
            return Err(format!("window is {}, must be at least 256", self.window));
        }
        if !(self.low > 0.0 && self.low < self.high) {
            return Err("low must be above 0 and below high".to_owned());
        }
        Ok(())
    }
}

impl GarbleDetector for Compression {
    fn granularity(&self) -> Granularity {
        Granularity::Segment
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl GarbleModel for Compression {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let text = corpus.documents[document].text.as_str();
        let mut flags = Flags::new(document);
        for span in windows(text, self.window) {
            if let Some(ratio) = ratio(&text.as_bytes()[span.start..span.end]) {
                let confidence = self.confidence(ratio);
                if confidence >= 0.25 {
                    flags.push(span, "", confidence);
                }
            }
        }
        flags.joined()
    }
}

impl Compression {
    /// 0.5 at either limit, towards 1 beyond, towards 0 inside.
    fn confidence(&self, ratio: f64) -> f64 {
        let pressure = (self.low / ratio.max(1e-9)).max(ratio / self.high);
        (pressure / (1.0 + pressure) * 2.0 - 0.5).clamp(0.0, 1.0)
    }
}

/// Half overlapping windows on character boundaries; a text shorter than half a window has none.
fn windows(text: &str, size: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = 0;
    while text.len() - start >= size / 2 {
        let end = text.ceil_char_boundary((start + size).min(text.len()));
        found.push(Span::new(start, end));
        if end == text.len() {
            break;
        }
        start = text.ceil_char_boundary(start + size / 2);
    }
    found
}

/// A compressor with its output buffer. Making one costs more than packing a window does, so each thread keeps its own.
struct Packer {
    compressor: zstd::bulk::Compressor<'static>,
    buffer: Vec<u8>,
}

thread_local! {
    static PACKER: RefCell<Option<Packer>> = const { RefCell::new(None) };
}

/// Packed by plain size; `None` when the compressor refuses.
fn ratio(bytes: &[u8]) -> Option<f64> {
    let packed = PACKER.with_borrow_mut(|slot| {
        let packer = match slot {
            Some(packer) => packer,
            None => slot.insert(Packer {
                compressor: zstd::bulk::Compressor::new(1).ok()?,
                buffer: Vec::new(),
            }),
        };
        packer.buffer.clear();
        packer
            .buffer
            .reserve(zstd::zstd_safe::compress_bound(bytes.len()));
        packer
            .compressor
            .compress_to_buffer(bytes, &mut packer.buffer)
            .ok()
    })?;
    Some(packed as f64 / bytes.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn confidences(text: &str) -> Vec<f64> {
        windows(text, 2048)
            .iter()
            .filter_map(|span| ratio(&text.as_bytes()[span.start..span.end]))
            .map(|ratio| Compression::default().confidence(ratio))
            .collect()
    }

    #[test]
    fn repetition_and_noise_are_outside() {
        assert!(
            confidences(&"buy now ".repeat(400))
                .iter()
                .all(|&c| c >= 0.5)
        );
        let mut state = 1_u64;
        let noise: String = (0..4000)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                char::from(33 + (state >> 33) as u8 % 94)
            })
            .collect();
        assert!(confidences(&noise).iter().all(|&c| c >= 0.5));
        assert!(confidences("short").is_empty());
    }

    proptest! {
        /// A compressor that has packed other texts before packs as a new one does.
        #[test]
        fn a_kept_compressor_packs_as_a_new_one(texts in prop::collection::vec("[a-d ]{0,40}|(the cat |dogs ){0,60}", 1..6)) {
            for text in &texts {
                let alone = zstd::bulk::compress(text.as_bytes(), 1).unwrap().len() as f64;
                prop_assert_eq!(ratio(text.as_bytes()), Some(alone / text.len().max(1) as f64));
            }
        }

        #[test]
        fn windows_cover_the_text(text in "[aé ]{0,3000}") {
            let found = windows(&text, 512);
            let mut reached = 0;
            for span in &found {
                prop_assert!(span.text(&text).is_some() && span.start <= reached);
                reached = span.end;
            }
            prop_assert!(found.is_empty() && text.len() < 256 || text.len() - reached < 256);
        }
    }
}

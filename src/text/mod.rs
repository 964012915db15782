//! Text: tokens and sentences. Offsets always point into the original text.

pub mod sentence;
pub mod token;

//! Text: tokens, lines and sentences. Offsets always point into the original text.

pub mod line;
pub mod sentence;
pub mod token;

//! Text: tokens, lines and sentences, normalisation, hashes and shingles. Offsets always point into the original text.

pub mod align;
pub mod hash;
pub mod line;
pub mod normalize;
pub mod offset;
pub mod sentence;
pub mod shingle;
pub mod sibling;
pub mod similarity;
pub mod stop;
pub mod token;
pub mod words;

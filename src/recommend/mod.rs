//! Recommending a deduper: variant and threshold are chosen on one part of the gold, and reported on the other.
//!
//! Whoever takes the best of twenty variants at the best of all thresholds has fitted both to the texts at hand; the score
//! there says little about other texts. So the gold is split ([`split()`]), stories whole; each variant gets the threshold of
//! its best F1 on the one part ([`choose`]), and every figure that is reported comes from the other ([`measure`]).

pub mod choose;
pub mod measure;
pub mod part;
pub mod split;
pub mod text;

pub use choose::{Choice, threshold};
pub use measure::{Limit, Line, frontier, pick};
pub use split::{FEWEST, Split, split};

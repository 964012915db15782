//! Gold on disk: reading, checking, completing and exchanging datasets.
//!
//! A dataset is a folder: `dataset.toml` ([`Manifest`]), `articles/*.txt`, and one CSV file per label layer ([`layer`]).
//! [`load()`] gives the checked [`Gold`](crate::label::Gold) or every fault of every file at once.

pub mod agree;
pub mod check;
pub mod formats;
pub mod injected;
pub mod layer;
pub mod lint;
pub mod load;
pub mod locate;
pub mod manifest;
mod quote;
mod relations;
pub mod skeleton;
mod spans;
pub mod stats;
pub mod table;
pub mod write;

pub use load::{Loaded, load, load_pass, read};
pub use manifest::Manifest;
pub use write::write_dataset;

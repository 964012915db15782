//! Reports: tables for a terminal and for Markdown, rendered from the committed CSV files and from nothing else.

pub mod comparison;
pub mod garble;
pub mod garble_loss;
pub mod github;
pub mod junit;
pub mod markdown;
pub mod summary;
pub mod table;

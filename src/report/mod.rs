//! Reports: tables for a terminal and for Markdown, rendered from the committed CSV files and from nothing else.

pub mod markdown;
pub mod summary;
pub mod table;

//! Formats of other tools, one file each.

pub mod conll_coref;
pub mod tag_columns;

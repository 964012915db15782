//! Runs of capitalised words, typed by head nouns, titles and shipped lists: no training, any newspaper English.
//!
//! # What it does
//! Finds names in running text by their capitals, in headlines by what the body of the same document and the lists confirm,
//! and gives each a type. Emits the country inside `U.S. Embassy` as well.
//!
//! # How it decides
//! 1. One pass keeps capitalised words, with marks for sentence starts, lines in title case and lines in capitals. Points
//!    join `U.S.`; a possessive ends a name; a hyphen joins two capitalised halves (`Al-Rubaye`) and ends a name before a small
//!    letter (`Iran-backed`); an underscore opens glued markup (`cameraThe`).
//! 2. Neighbours join into runs, also over `of` and `for` after a head noun (`Ministry of Oil`) and over particles
//!    (`Salman bin Saud`). Function words, months and titles split runs; what follows a title is a person.
//! 3. A listed country, nationality, people, region or city is itself, unless a head noun follows (`Iraqi Army`).
//! 4. Other runs take the type of their head noun (`Council`, `Airport`, `River`); an acronym is an organisation, or
//!    what stands before its bracket; a usual given name, a particle or a verb of speech tells a person; a preposition of place
//!    tells a place; two or three words are a person; a single word takes the type that the document tells elsewhere.
//! 5. A word that opens a sentence counts when it is listed or stands capitalised elsewhere in the document.
//! 6. Lines in title case or capitals count only what lists or the body of the document know.
//!
//! # Parameters
//! - `headlines` (default true): look into lines in title case and capitals.
//! - `inner` (default true): emit names inside longer names.
//! - `lowercase` (default true): also find small-letter copies of names of several words (`green zone`).
//! - `single_type` (default `ORG`): type of a single word that nothing tells more of; empty leaves it out. Most names that
//!   news text gives in one word, without title, list or sibling, are organisations.
//!
//! # Cost
//! Linear in the text; see `cargo bench --bench entity`.
//!
//! # Known to miss
//! Names in small letters that never stand in capitals, names of common nouns at the start of a sentence, titles of works,
//! texts without case.
//!
//! # Reference
//! Mikheev, Moens and Grover 1999, Named Entity Recognition without Gazetteers; the word classes are our own.

use serde::{Deserialize, Serialize};

use crate::corpus::Document;
use crate::entity::{EntityRecognizer, EntityTraining, Found, RecognizerModel};
use crate::params::Algorithm;

pub(crate) mod cues;
mod document;
mod letters;
mod opening;
mod reader;
mod runs;
mod scan;
mod segments;
#[cfg(test)]
mod tests;
mod unlisted;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Capitals {
    /// Look into lines in title case and capitals.
    pub headlines: bool,
    /// Emit names inside longer names.
    pub inner: bool,
    /// Find small-letter copies of names of several words.
    pub lowercase: bool,
    /// Type of a single word that nothing tells more of.
    pub single_type: String,
}

impl Default for Capitals {
    fn default() -> Self {
        Self {
            headlines: true,
            inner: true,
            lowercase: true,
            single_type: "ORG".to_owned(),
        }
    }
}

impl Algorithm for Capitals {}

impl EntityRecognizer for Capitals {
    fn fit(&self, _: &EntityTraining<'_>) -> Result<Box<dyn RecognizerModel>, String> {
        Ok(Box::new(self.clone()))
    }
}

impl RecognizerModel for Capitals {
    fn recognize<'a>(&'a self, document: &'a Document) -> Vec<Found<'a>> {
        if u32::try_from(document.text.len()).is_err() {
            return Vec::new();
        }
        let mut found: Vec<Found<'a>> = reader::Reader::new(self, &document.text)
            .read()
            .into_iter()
            .map(|name| (name.span, name.entity_type, name.confidence))
            .collect();
        found.sort_by(|a, b| (a.0.start, b.0.end, &a.1).cmp(&(b.0.start, a.0.end, &b.1)));
        found.dedup_by(|a, b| a.0 == b.0);
        found
    }
}

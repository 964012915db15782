//! Page furniture by general rules: counters, date stamps, buttons, bylines, credits, agency tags, footers, glued markup.
//!
//! # What it does
//! Flags text that comes from the page or the wire desk and not from the article: whole lines (counters, date stamps,
//! navigation, calls to action, bylines, syndication footers), credits inside captions and brackets, agency tags of datelines, and
//! markup that was glued to the text.
//!
//! # How it decides
//! One Aho-Corasick pass finds cue phrases (`Reporting by`, `Photo:`, `originally published on`, `click here`); a cue
//! counts only where such furniture stands: at the start of a line, after a sentence, inside its own brackets, with a capital.
//! Short lines are read word by word: a line that holds nothing but furniture words, dates, numbers and agency names is
//! furniture; so is a line of `By` and names. Identifiers with underscores that run into a capital letter, tags, entities and shortcodes are
//! markup. Word lists stand in `boilerplate/cues.rs` and `boilerplate/words.rs`.
//!
//! # Parameters
//! - `longest_line` (default 40 words): longer lines are prose, whatever cue they hold. Footers of news agencies have 20 to 35 words.
//! - `numbers` (default true): flag a line that holds a number and nothing else (view, share and comment counters).
//!
//! # Cost
//! One pass over the bytes; words are read in lines of at most 12 words only.
//!
//! # Known to miss
//! Navigation made of article headlines; furniture in other languages than English; credits without any cue word; advertising prose.
//!
//! # Reference
//! General practice of news sites and wire services (the caption, credit, dateline and sign-off conventions of the AP, AFP and Reuters
//! stylebooks), the policy phrases of C4 (Raffel et al. 2020), and the paragraph classes of jusText (Pomikálek 2011). The rules
//! were written down before they were scored on any gold.

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Span};
use crate::garble::flags::Flags;
use crate::garble::{GarbleDetector, GarbleModel, GarbleTraining, Granularity, PredictedGarble};
use crate::params::Algorithm;
use crate::text::line::{lines, trimmed};

mod cues;
mod markup;
mod rules;
mod short;
#[cfg(test)]
mod tests;
mod words;

/// See the module's manual page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Boilerplate {
    /// Lines with more words are never flagged as a whole.
    pub longest_line: usize,
    /// Flag lines that are nothing but a number.
    pub numbers: bool,
}

impl Default for Boilerplate {
    fn default() -> Self {
        Self {
            longest_line: 40,
            numbers: true,
        }
    }
}

impl Algorithm for Boilerplate {
    fn check(&self) -> Result<(), String> {
        if self.longest_line == 0 {
            return Err("longest_line must be at least 1".to_owned());
        }
        Ok(())
    }
}

impl GarbleDetector for Boilerplate {
    fn granularity(&self) -> Granularity {
        Granularity::Span
    }

    fn fit(&self, _training: &GarbleTraining<'_>) -> Result<Box<dyn GarbleModel>, String> {
        Ok(Box::new(Model::new(self)?))
    }
}

/// The automaton over all cue phrases, with the parameters.
struct Model {
    cues: AhoCorasick,
    parameters: Boilerplate,
}

impl Model {
    fn new(parameters: &Boilerplate) -> Result<Self, String> {
        let cues = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(cues::CUES.iter().map(|cue| cue.0))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            cues,
            parameters: parameters.clone(),
        })
    }

    /// Flags of one text.
    fn read(&self, text: &str, flags: &mut Flags) {
        markup::flag(text, flags);
        let mut found = self.cues.find_iter(text).peekable();
        for line in lines(text) {
            let line = trimmed(text, line);
            if line.is_empty() {
                continue;
            }
            let whole = short::whole_line(text, line, self.parameters.numbers);
            if let Some(confidence) = whole {
                flags.push(line, "boilerplate", confidence);
            }
            while let Some(cue) = found.next_if(|cue| cue.start() < line.end) {
                // A line that is furniture as a whole needs no second reason.
                if whole.is_some() || cue.start() < line.start {
                    continue;
                }
                let at = Span::new(cue.start(), cue.end());
                let rule = cues::CUES[cue.pattern().as_usize()].1;
                if let Some((span, confidence)) =
                    rules::passage(text, line, at, rule, self.parameters.longest_line)
                {
                    flags.push(span, "boilerplate", confidence);
                }
            }
        }
    }
}

impl GarbleModel for Model {
    fn detect(&self, document: usize, corpus: &Corpus) -> Vec<PredictedGarble> {
        let mut flags = Flags::new(document);
        self.read(&corpus.documents[document].text, &mut flags);
        flags.joined()
    }
}

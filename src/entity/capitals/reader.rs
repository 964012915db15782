//! One document: its words with what the lists know of them, and the order in which names are found.

use rustc_hash::FxHashMap;

use super::Capitals;
use super::cues::Cue;
use super::scan::{Line, Word, scan};
use crate::corpus::Span;
use crate::entity::lexicon::{Entry, entry, key};
use crate::entity::lists::{self, Listed};

/// A name found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name<'a> {
    pub(super) span: Span,
    pub(super) entity_type: &'a str,
    pub(super) confidence: f64,
}

/// Reads one document.
pub(super) struct Reader<'a> {
    pub(super) settings: &'a Capitals,
    pub(super) text: &'a str,
    pub(super) words: Vec<Word>,
    /// What the lists know of each word.
    pub(super) entries: Vec<Entry>,
    pub(super) lines: Vec<Line>,
    pub(super) names: Vec<Name<'a>>,
    /// Names of one or more words that nothing has told the type of: (span, opens a sentence).
    pub(super) open: Vec<(Span, bool)>,
    /// What the body tells: name and type by the key of the whole name, which is the same in any case.
    pub(super) known: FxHashMap<u64, (&'a str, &'a str)>,
    /// Type by word of a name.
    pub(super) parts: FxHashMap<&'a str, &'a str>,
}

/// Most words of a listed name that is looked up.
const MOST_WORDS: usize = 6;

/// Words `first..=last` of a run.
pub(super) type Range = std::ops::RangeInclusive<usize>;

impl<'a> Reader<'a> {
    pub(super) fn new(settings: &'a Capitals, text: &'a str) -> Self {
        // News has a capitalised word in forty bytes; more would be allocated again and again.
        let (mut words, mut lines) = (Vec::with_capacity(text.len() / 32), Vec::new());
        scan(text, &mut words, &mut lines);
        let entries = words
            .iter()
            .map(|word| {
                let mut entry = entry(key(&text[word.start as usize..word.end as usize]));
                // Short words in capitals (`US`, `IT`) are no function words.
                if word.capitals
                    && word.end - word.start <= 3
                    && !lines[word.line as usize].is_shouted()
                {
                    entry.cue = None;
                }
                entry
            })
            .collect();
        Self {
            settings,
            text,
            words,
            entries,
            lines,
            names: Vec::new(),
            open: Vec::new(),
            known: FxHashMap::default(),
            parts: FxHashMap::default(),
        }
    }

    /// All names, in no order.
    pub(super) fn read(mut self) -> Vec<Name<'a>> {
        let mut headlines = Vec::new();
        let mut first = 0;
        while first < self.words.len() {
            let last = self.run(first);
            let line = self.lines[self.words[first].line as usize];
            if line.is_title_case() || line.is_shouted() {
                headlines.push(first..=last);
            } else {
                self.segments(first..=last);
            }
            first = last + 1;
        }
        self.learn();
        self.settle();
        if self.settings.headlines {
            for run in headlines {
                self.headline(run);
            }
        }
        if self.settings.lowercase {
            self.small_letters();
        }
        self.names
    }

    pub(super) fn slice(&self, range: &Range) -> &'a str {
        &self.text[self.words[*range.start()].start as usize..self.words[*range.end()].end as usize]
    }

    pub(super) fn span(&self, range: &Range) -> Span {
        Span::new(
            self.words[*range.start()].start as usize,
            self.words[*range.end()].end as usize,
        )
    }

    /// Cue of word `at`.
    pub(super) fn cue(&self, at: usize) -> Option<Cue> {
        self.entries[at].cue
    }

    /// Text between word `at` and the next.
    pub(super) fn gap(&self, at: usize) -> &'a str {
        self.words.get(at + 1).map_or("", |next| {
            &self.text[self.words[at].end as usize..next.start as usize]
        })
    }

    /// True when the next word hangs on word `at` by `of` or `for`.
    pub(super) fn hangs(&self, at: usize) -> bool {
        let gap = self.gap(at);
        gap.len() >= 4 && (gap.contains(" of ") || gap.contains(" for "))
    }

    /// The longest listed name that begins at `at`: its last word.
    pub(super) fn listed(&self, at: usize, end: usize) -> Option<(usize, Listed)> {
        // Most words open no listed name: their entry says so, and nothing is looked up.
        let words = usize::from(self.entries[at].opens).min(MOST_WORDS);
        (at..(at + words).min(end + 1))
            .rev()
            .find_map(|until| Some((until, lists::find(self.slice(&(at..=until)))?)))
    }

    pub(super) fn push(&mut self, range: &Range, entity_type: &'a str, confidence: f64) {
        let span = self.span(range);
        self.names.push(Name {
            span,
            entity_type,
            confidence,
        });
    }
}

//! Words as readings: what they are, and when two of them say the same.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::inflection::stem;
use crate::corpus::Span;
use crate::text::stop::is_stop_word;
use crate::text::token::{Kind, tokens};

/// What a word does in its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Names, nouns, verbs, adjectives.
    Content,
    /// Digits, or a number in words.
    Number,
    /// `not`, `no`, `never`.
    Negation,
    /// Little words that say who does what to whom, and whether: prepositions, pronouns, modal verbs, conjunctions.
    Relation,
    /// Articles, other auxiliaries.
    Function,
    /// Punctuation.
    Mark,
}

impl Role {
    /// True for words and marks that are everywhere: they hold a place only next to it.
    pub(super) const fn is_little(self) -> bool {
        matches!(self, Self::Relation | Self::Function | Self::Mark)
    }

    /// How much a wrong reading of such a word counts.
    pub(super) const fn weight(self) -> f64 {
        match self {
            Self::Negation => 1.2,
            Self::Number | Self::Content => 1.0,
            Self::Relation => 0.7,
            Self::Function => 0.35,
            Self::Mark => 0.1,
        }
    }
}

/// A token ready for comparison.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) span: Span,
    /// Hash of the word in lower case, without possessive, numbers as digits.
    pub(super) exact: u64,
    /// Hash of its stem.
    pub(super) stem: u64,
    /// The stem itself, for spelling.
    pub(super) letters: String,
    pub(super) role: Role,
    /// Starts with a capital, not at the start of its segment.
    pub(super) name: bool,
}

const NUMBERS: &[&str] = &[
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
];

/// See [`Role::Relation`].
const RELATIONS: &[&str] = &[
    "of", "to", "in", "for", "by", "from", "with", "at", "on", "against", "after", "before",
    "over", "under", "about", "into", "between", "behind", "through", "during", "since", "until",
    "if", "because", "but", "although", "while", "could", "would", "should", "may", "might",
    "must", "can", "i", "you", "he", "she", "we", "they", "him", "her", "them", "us", "his",
    "their", "our", "who",
];

/// Words of a segment.
pub(super) fn words(text: &str, segment: Span) -> Vec<Word> {
    let piece = &text[segment.start..segment.end];
    tokens(piece)
        .enumerate()
        .map(|(position, token)| {
            let raw = &piece[token.span.start..token.span.end];
            let mut lower: String = raw
                .chars()
                .flat_map(char::to_lowercase)
                .map(|c| if c == '\u{2019}' { '\'' } else { c })
                .collect();
            let mark = token.kind == Kind::Mark;
            let negation = matches!(
                lower.as_str(),
                "not"
                    | "no"
                    | "never"
                    | "nobody"
                    | "nothing"
                    | "none"
                    | "neither"
                    | "nor"
                    | "without"
                    | "cannot"
            ) || lower.ends_with("n't");
            if let Some(base) = lower.strip_suffix("'s").or(lower.strip_suffix('\'')) {
                lower = base.to_owned();
            }
            if let Some(value) = NUMBERS.iter().position(|name| *name == lower) {
                lower = value.to_string();
            }
            lower.retain(|c| c != ',' && c != '-');
            if lower.is_empty() {
                lower.push_str(raw);
            }
            let role = if mark {
                Role::Mark
            } else if negation {
                Role::Negation
            } else if lower.starts_with(|c: char| c.is_ascii_digit()) {
                Role::Number
            } else if RELATIONS.contains(&lower.as_str()) {
                Role::Relation
            } else if is_stop_word(&lower) {
                Role::Function
            } else {
                Role::Content
            };
            let letters = stem(&lower).to_owned();
            Word {
                span: Span::new(
                    segment.start + token.span.start,
                    segment.start + token.span.end,
                ),
                exact: xxh3_64(lower.as_bytes()),
                stem: xxh3_64(letters.as_bytes()),
                letters,
                role,
                name: position > 0 && raw.starts_with(char::is_uppercase),
            }
        })
        .collect()
}

/// Groups of words that mean the same, by stem.
#[derive(Debug, Default)]
pub(super) struct Synonyms {
    groups: FxHashMap<u64, Vec<u32>>,
}

impl Synonyms {
    /// One group per line.
    pub(super) fn new(text: &str) -> Self {
        let mut groups: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (group, line) in (0_u32..).zip(text.lines()) {
            for word in line.split_whitespace() {
                let lower = word.to_lowercase();
                groups
                    .entry(xxh3_64(stem(&lower).as_bytes()))
                    .or_default()
                    .push(group);
            }
        }
        Self { groups }
    }

    fn share(&self, a: u64, b: u64) -> bool {
        match (self.groups.get(&a), self.groups.get(&b)) {
            (Some(a), Some(b)) => a.iter().any(|group| b.contains(group)),
            _ => false,
        }
    }
}

/// How much two words say the same: 1 equal, 0.9 inflected, 0.8 synonyms or spelled alike, 0 different.
pub(super) fn alike(a: &Word, b: &Word, synonyms: &Synonyms) -> f64 {
    if a.exact == b.exact {
        return 1.0;
    }
    if (a.role == Role::Mark) != (b.role == Role::Mark)
        || a.role == Role::Number
        || b.role == Role::Number
    {
        return 0.0;
    }
    if a.stem == b.stem {
        return 0.9;
    }
    if synonyms.share(a.stem, b.stem) || spelled_alike(&a.letters, &b.letters) {
        return 0.8;
    }
    0.0
}

/// Long words with at most one edit for every five letters and the same first letter, or one that starts the other.
fn spelled_alike(a: &str, b: &str) -> bool {
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if a.len() < 5 || a.as_bytes()[0] != b.as_bytes()[0] {
        return false;
    }
    if b.starts_with(a) && b.len() - a.len() <= 3 {
        return true;
    }
    b.len() - a.len() <= a.len() / 5 && distance(a, b) <= a.len() / 5
}

/// Edit distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let best = (corner + usize::from(x != *y))
                .min(row[j] + 1)
                .min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = best;
        }
    }
    row[b.len()]
}

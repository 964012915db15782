//! What the rules count over the words and lines of a text, as each implementation counts it.

use crate::garble::c4::Source;
use crate::garble::judge::Words;
use crate::garble::marks::is_punctuation;
use crate::text::line::{python_lines, python_space};

/// The stop words of the paper.
pub(super) const STOP_WORDS: [&str; 8] = ["the", "be", "to", "of", "and", "that", "have", "with"];

/// Reads the words.
pub(super) fn words(text: &str, cut: Words, source: Source) -> WordCounts {
    let mut counts = WordCounts {
        all: 0,
        words: 0,
        characters: 0,
        lengths: [0; 64],
        letters: 0,
        symbols: 0,
        stops: 0,
        stop_kinds: 0,
    };
    let datatrove = source == Source::Datatrove;
    cut.each(text, |word| {
        counts.all += 1;
        let shape = Shape::of(word);
        counts.letters += usize::from(shape.letter);
        // Only datatrove leaves words out that are nothing but punctuation.
        if shape.word || !datatrove {
            counts.words += 1;
            counts.characters += shape.characters;
            counts.lengths[shape.characters.min(63)] += 1;
        }
        counts.symbols += usize::from(match source {
            Source::Datatrove => false,
            Source::Dolma => word.contains(['#', '…']),
            Source::Nemo => is_symbol(word, shape.characters),
        });
        if word.len() <= 4
            && let Some(index) = STOP_WORDS.iter().position(|stop| *stop == word)
        {
            counts.stops += 1;
            counts.stop_kinds |= 1 << index;
        }
    });
    counts
}

/// Reads the lines.
pub(super) fn lines(text: &str, source: Source) -> LineCounts {
    let mut counts = LineCounts::default();
    match source {
        Source::Datatrove => {
            for line in python_lines(text) {
                let line = &text[line.start..line.end];
                let start = line.trim_start_matches(python_space);
                let end = line.trim_end_matches(python_space);
                counts.add(
                    start.starts_with(['•', '-']),
                    end.ends_with("...") || end.ends_with('…'),
                );
            }
        }
        // Blank lines count, nothing is trimmed.
        Source::Dolma => {
            for line in text.split('\n') {
                counts.add(line.starts_with(['*', '-']), line.ends_with('…'));
            }
        }
        Source::Nemo => {
            for line in text.split('\n') {
                let line = line.trim_matches(python_space);
                if !line.is_empty() {
                    counts.add(
                        line.starts_with(NEMO_BULLETS),
                        NEMO_ELLIPSES.iter().any(|mark| ends_with(line, mark)),
                    );
                }
            }
        }
    }
    counts
}

/// Bullets of NeMo Curator (`bullet_list`).
const NEMO_BULLETS: &[char] = &['•', '‣', '⁃', '⁌', '⁍', '∙', '○', '●', '◘', '◦', '⦾', '⦿'];

/// Ends of cut-off lines in NeMo Curator (`ellipsis_marks`).
const NEMO_ELLIPSES: &[&str] = &[
    "...",
    "[...]",
    "…",
    "(...)",
    "[…]",
    "-»",
    "read more..",
    "read more",
];

/// True when the line ends with the mark, in lower or upper case.
fn ends_with(line: &str, mark: &str) -> bool {
    line.len() >= mark.len()
        && line.as_bytes()[line.len() - mark.len()..].eq_ignore_ascii_case(mark.as_bytes())
}

/// A word that is an ellipsis, or has more than half as many runs of `#` as characters.
fn is_symbol(word: &str, characters: usize) -> bool {
    let runs = word.split(|c| c != '#').filter(|run| !run.is_empty());
    NEMO_ELLIPSES.contains(&word) || (word.contains('#') && runs.count() * 2 > characters)
}

/// What was counted over the words.
pub(super) struct WordCounts {
    pub(super) all: usize,
    /// Those that count by number and length.
    pub(super) words: usize,
    pub(super) characters: usize,
    /// Words by length; lengths of 63 and more share a place.
    pub(super) lengths: [usize; 64],
    pub(super) letters: usize,
    pub(super) symbols: usize,
    /// Stop words, each time they occur.
    pub(super) stops: u32,
    /// Which stop words occur, one bit each.
    pub(super) stop_kinds: u8,
}

impl WordCounts {
    /// Median length of the words that count.
    pub(super) fn median(&self) -> f64 {
        let nth = |n: usize| {
            let mut seen = 0;
            self.lengths
                .iter()
                .position(|&count| {
                    seen += count;
                    seen > n
                })
                .unwrap_or(0) as f64
        };
        if self.words == 0 {
            return 0.0;
        }
        f64::midpoint(nth((self.words - 1) / 2), nth(self.words / 2))
    }
}

/// What was counted over the lines.
#[derive(Debug, Default)]
pub(super) struct LineCounts {
    pub(super) all: usize,
    pub(super) bullets: usize,
    pub(super) ellipses: usize,
}

impl LineCounts {
    fn add(&mut self, bullet: bool, ellipsis: bool) {
        self.all += 1;
        self.bullets += usize::from(bullet);
        self.ellipses += usize::from(ellipsis);
    }
}

/// What a word is made of.
struct Shape {
    characters: usize,
    letter: bool,
    /// Not all of its characters are punctuation.
    word: bool,
}

impl Shape {
    fn of(word: &str) -> Self {
        if word.is_ascii() {
            let letter = word.bytes().any(|byte| byte.is_ascii_alphabetic());
            return Self {
                characters: word.len(),
                letter,
                word: letter || !word.bytes().all(|byte| is_punctuation(byte as char)),
            };
        }
        Self {
            characters: word.chars().count(),
            letter: word.chars().any(char::is_alphabetic),
            word: !word.chars().all(is_punctuation),
        }
    }
}

/// Occurrences of `...` (without overlap) and of `…`.
pub(super) fn ellipses(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut count, mut at) = (0, 0);
    while let Some(offset) = bytes[at..]
        .iter()
        .position(|&byte| byte == b'.' || byte == 0xe2)
    {
        at += offset;
        match &bytes[at..] {
            [b'.', b'.', b'.', ..] | [0xe2, 0x80, 0xa6, ..] => {
                count += 1;
                at += 3;
            }
            _ => at += 1,
        }
    }
    count
}

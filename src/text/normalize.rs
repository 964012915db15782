//! Normalisation before comparing: what counts as a difference between two texts, and what does not.
//!
//! A normalised text is its tokens with one space between them. The knobs level differences that editing systems make
//! without anybody having changed the text (case of headlines, typographic quotes, `U.S.` for `US`); nothing is levelled
//! that tells two statements apart (digits, accents, negations).

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::text::hash;
use crate::text::shingle::Buffers;
use crate::text::stop::is_stop_word;
use crate::text::token::{HIGH, Kind, Token, Tokens, tokens};
use crate::text::words;

macro_rules! knob {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$other_doc:meta])* $other:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$other_doc])* $other),+
        }

        impl $name {
            fn is_default(&self) -> bool {
                *self == Self::default()
            }
        }
    };
}

knob!(
    /// Upper and lower case.
    Case {
        /// Lower case (default): headlines and captions are set in capitals at will.
        Lower,
        /// As written.
        Keep,
    }
);
knob!(
    /// Unicode form.
    Unicode {
        /// NFKC; typographic apostrophes, quotes and hyphens become ASCII; soft hyphens and zero-width spaces vanish
        /// (default): editing systems change all of these without touching a word.
        Plain,
        /// Compatibility composition: ligatures, full-width forms and superscripts become plain letters.
        Nfkc,
        /// Canonical composition only.
        Nfc,
        /// As written.
        Keep,
    }
);
knob!(
    /// Punctuation marks. Hyphens and apostrophes inside a word belong to the word and stay in any case.
    Punctuation {
        /// Left out (default): house styles differ in commas and quotes.
        Drop,
        /// Tokens of their own.
        Keep,
    }
);
knob!(
    /// Digits.
    Digits {
        /// As written (default): often a number is all that tells two notices apart. Some pipelines mask them.
        Keep,
        /// Every run of digits (with inner points and commas) becomes `0`.
        Mask,
        /// Words that begin with a digit are left out.
        Drop,
    }
);
knob!(
    /// Accents (U+0300 to U+036F after decomposition; marks of other scripts are letters in all but name and stay).
    Diacritics {
        /// As written (default): they tell words apart in most languages.
        Keep,
        /// Removed: for corpora in which some sources lost them.
        Strip,
    }
);
knob!(
    /// Points in abbreviations such as `U.S.`
    Acronyms {
        /// Single letters with points between them are one word, `us` (default): both spellings are house style.
        Join,
        /// One word per letter.
        Keep,
    }
);
knob!(
    /// English function words.
    StopWords {
        /// Kept (default): their order carries much of what makes a passage a copy.
        Keep,
        /// Left out.
        Drop,
    }
);

/// The knobs. Only those that differ from the default are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Normalize {
    /// Upper and lower case.
    #[serde(skip_serializing_if = "Case::is_default")]
    pub case: Case,
    /// Unicode form.
    #[serde(skip_serializing_if = "Unicode::is_default")]
    pub unicode: Unicode,
    /// Punctuation marks.
    #[serde(skip_serializing_if = "Punctuation::is_default")]
    pub punctuation: Punctuation,
    /// Digits.
    #[serde(skip_serializing_if = "Digits::is_default")]
    pub digits: Digits,
    /// Accents.
    #[serde(skip_serializing_if = "Diacritics::is_default")]
    pub diacritics: Diacritics,
    /// Points in abbreviations.
    #[serde(skip_serializing_if = "Acronyms::is_default")]
    pub acronyms: Acronyms,
    /// English function words.
    #[serde(skip_serializing_if = "StopWords::is_default")]
    pub stop_words: StopWords,
}

impl Normalize {
    /// Replaces `normal` by the normalised text: tokens with one space between them, none at the ends.
    pub fn write(&self, text: &str, normal: &mut String) {
        normal.clear();
        if !self.is_quick(text) {
            return self.write_slowly(text, normal);
        }
        let mut edges = Vec::new();
        self.stretches(text, &mut String::new(), |stretch| match stretch {
            Stretch::Ascii(text) => {
                words::split(text.as_bytes(), &mut edges);
                self.write_words(text, &edges, normal);
            }
            Stretch::Foreign(text) => {
                let before = normal.len();
                if before > 0 {
                    normal.push(' ');
                }
                let start = normal.len();
                self.write_slowly(text, normal);
                if normal.len() == start {
                    normal.truncate(before);
                }
            }
        });
    }

    /// Replaces `buffers.tokens` by the hashes ([`hash::bytes`]) of the tokens of the normalised text.
    ///
    /// The usual knobs take a path that never writes the normalised text; the hashes are the same.
    pub fn words(&self, text: &str, buffers: &mut Buffers) {
        let Buffers {
            text: ascii,
            tokens,
            letters,
        } = buffers;
        tokens.clear();
        let mut normal = String::new();
        let mut foreign = |text: &str, tokens: &mut Vec<u64>| {
            normal.clear();
            self.write_slowly(text, &mut normal);
            let words = normal.split(' ').filter(|word| !word.is_empty());
            tokens.extend(words.map(|word| hash::bytes(word.as_bytes())));
        };
        if !self.is_quick(text) {
            return foreign(text, tokens);
        }
        self.stretches(text, ascii, |stretch| match stretch {
            Stretch::Ascii(text) => {
                self.hash_words(text.as_bytes(), tokens, letters);
            }
            Stretch::Foreign(text) => foreign(text, tokens),
        });
    }

    /// True when words are all that matters, so that ASCII text can be split by blocks.
    fn is_quick(&self, text: &str) -> bool {
        let as_written = self.digits == Digits::Keep && self.stop_words == StopWords::Keep;
        self.punctuation == Punctuation::Drop && as_written && text.len() < u32::MAX as usize
    }

    /// Cuts a text at white space into stretches of ASCII and stretches with foreign letters: nothing combines or joins across
    /// ASCII white space. Typographic quotes and dashes become what splits words as they do, so that most English text is
    /// one stretch of ASCII (put together in `ascii`).
    fn stretches(&self, text: &str, ascii: &mut String, mut each: impl FnMut(Stretch<'_>)) {
        ascii.clear();
        let mut rest = text;
        while let Some(at) = first_foreign(rest.as_bytes()) {
            let character = rest[at..].chars().next();
            let same = character
                .filter(|_| self.unicode == Unicode::Plain)
                .and_then(ascii_for_words);
            if let (Some(character), Some(same)) = (character, same) {
                ascii.push_str(&rest[..at]);
                ascii.push(same);
                rest = &rest[at + character.len_utf8()..];
                continue;
            }
            // A letter: take back what stands before it without white space between.
            ascii.push_str(&rest[..at]);
            let consumed = text.len() - rest.len() + at;
            let start = text.as_bytes()[..consumed]
                .iter()
                .rposition(|&byte| is_blank(byte))
                .map_or(0, |blank| blank + 1);
            let taken_back = text[start..consumed].chars().count();
            ascii.truncate(ascii.len().saturating_sub(taken_back));
            if !ascii.is_empty() {
                each(Stretch::Ascii(ascii));
            }
            ascii.clear();
            let end = consumed + foreign_length(&text.as_bytes()[consumed..]);
            each(Stretch::Foreign(&text[start..end]));
            rest = &text[end..];
        }
        if ascii.is_empty() {
            each(Stretch::Ascii(rest));
        } else {
            ascii.push_str(rest);
            each(Stretch::Ascii(ascii));
        }
    }

    /// [`Normalize::write`] for any knobs and any text; appends.
    fn write_slowly(&self, text: &str, normal: &mut String) {
        if text.is_ascii() {
            return self.write_tokens(text, normal);
        }
        let mut level = String::with_capacity(text.len());
        match self.unicode {
            Unicode::Keep => self.level(text.chars(), &mut level),
            Unicode::Nfc => self.level(text.nfc(), &mut level),
            Unicode::Nfkc => self.level(text.nfkc(), &mut level),
            Unicode::Plain => self.level(text.nfkc().filter_map(plain), &mut level),
        }
        if self.diacritics == Diacritics::Strip {
            level = level
                .nfd()
                .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
                .nfc()
                .collect();
        }
        self.write_tokens(&level, normal);
    }

    /// Appends the words of an ASCII text.
    fn write_words(&self, text: &str, edges: &[u32], normal: &mut String) {
        let (words, _) = edges.as_chunks::<2>();
        let from = normal.len();
        let mut last = [u32::MAX; 2];
        let mut dotted = false;
        for &[start, end] in words {
            let word = text.get(start as usize..end as usize).unwrap_or_default();
            let joins = self.acronyms == Acronyms::Join
                && start == last[1].wrapping_add(1)
                && text.as_bytes().get(last[1] as usize) == Some(&b'.')
                && is_letter(word)
                && (dotted
                    || text
                        .get(last[0] as usize..last[1] as usize)
                        .is_some_and(is_letter));
            if !joins && !normal.is_empty() {
                normal.push(' ');
            }
            normal.push_str(word);
            (last, dotted) = ([start, end], joins);
        }
        if self.case == Case::Lower
            && let Some(written) = normal.get_mut(from..)
        {
            written.make_ascii_lowercase();
        }
    }

    fn level(&self, characters: impl Iterator<Item = char>, level: &mut String) {
        match self.case {
            Case::Keep => level.extend(characters),
            Case::Lower => {
                for c in characters {
                    if c.is_ascii() {
                        level.push(c.to_ascii_lowercase());
                    } else {
                        level.extend(c.to_lowercase());
                    }
                }
            }
        }
    }

    /// Writes the tokens of a text whose characters are level (but for the case of ASCII letters).
    fn write_tokens(&self, text: &str, normal: &mut String) {
        let mut rest = tokens(text);
        let base = normal.len();
        while let Some(token) = rest.next() {
            let start = normal.len();
            if start > base {
                normal.push(' ');
            }
            let word = normal.len();
            match token.kind {
                Kind::Mark if self.punctuation == Punctuation::Drop => {}
                Kind::Mark => normal.push_str(slice(text, token)),
                Kind::Word => {
                    self.push_word(slice(text, token), normal);
                    if self.acronyms == Acronyms::Join {
                        self.push_dotted(text, token, &mut rest, normal);
                    }
                }
            }
            let dropped = self.stop_words == StopWords::Drop && is_stop_word(&normal[word..]);
            if dropped || normal.len() == word {
                normal.truncate(start);
            }
        }
    }

    fn push_word(&self, word: &str, normal: &mut String) {
        let start = normal.len();
        match self.digits {
            Digits::Keep => normal.push_str(word),
            Digits::Drop if word.starts_with(char::is_numeric) => {}
            Digits::Drop => normal.push_str(word),
            Digits::Mask => {
                let mut masked = false;
                for c in word.chars() {
                    let digit = c.is_numeric();
                    if digit && !masked {
                        normal.push('0');
                    } else if !digit && (!masked || !matches!(c, '.' | ',')) {
                        normal.push(c);
                    }
                    masked = digit || (masked && matches!(c, '.' | ','));
                }
            }
        }
        if self.case == Case::Lower
            && let Some(pushed) = normal.get_mut(start..)
        {
            pushed.make_ascii_lowercase();
        }
    }

    /// After a single letter: takes in the single letters that follow, each after one point, and the last point.
    fn push_dotted(&self, text: &str, first: Token, rest: &mut Tokens<'_>, normal: &mut String) {
        if !is_letter(slice(text, first)) {
            return;
        }
        let mut end = first.span.end;
        let mut letters = 1;
        loop {
            let mut ahead = rest.clone();
            let Some(point) = ahead
                .next()
                .filter(|point| point.span.start == end && slice(text, *point) == ".")
            else {
                return;
            };
            let after = ahead.clone();
            let letter = ahead.next().filter(|letter| {
                letter.span.start == point.span.end && is_letter(slice(text, *letter))
            });
            let Some(letter) = letter else {
                if letters > 1 {
                    *rest = after;
                }
                return;
            };
            self.push_word(slice(text, letter), normal);
            letters += 1;
            end = letter.span.end;
            *rest = ahead;
        }
    }

    fn hash_words(&self, text: &[u8], tokens: &mut Vec<u64>, letters: &mut Vec<[u32; 2]>) {
        match (self.case, self.acronyms) {
            (Case::Lower, Acronyms::Join) => words::hash::<true, true>(text, tokens, letters),
            (Case::Lower, Acronyms::Keep) => words::hash::<true, false>(text, tokens, letters),
            (Case::Keep, Acronyms::Join) => words::hash::<false, true>(text, tokens, letters),
            (Case::Keep, Acronyms::Keep) => words::hash::<false, false>(text, tokens, letters),
        }
    }
}

/// A part of a text between white space.
enum Stretch<'a> {
    /// Only ASCII.
    Ascii(&'a str),
    /// With foreign letters.
    Foreign(&'a str),
}

/// The plain form of a typographic character after NFKC; `None` when it vanishes.
fn plain(c: char) -> Option<char> {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' => Some('\''),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => Some('"'),
        '\u{2010}' | '\u{2011}' => Some('-'),
        '\u{ad}' | '\u{200b}' | '\u{2060}' => None,
        other => Some(other),
    }
}

/// An ASCII character that splits text as `c` does under [`Unicode::Plain`] and dropped punctuation.
fn ascii_for_words(c: char) -> Option<char> {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' => Some('\''),
        '\u{2010}' | '\u{2011}' => Some('-'),
        '\u{201c}'..='\u{201f}'
        | '\u{2013}'
        | '\u{2014}'
        | '\u{2022}'
        | '\u{a0}'
        | '\u{ab}'
        | '\u{bb}' => Some(' '),
        _ => None,
    }
}

fn slice(text: &str, token: Token) -> &str {
    token.span.text(text).unwrap_or_default()
}

fn is_letter(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(char::is_alphabetic) && characters.next().is_none()
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b'\x0b'
}

/// Length of a stretch that begins with a foreign letter: to the first white space after which a line's length is ASCII.
fn foreign_length(bytes: &[u8]) -> usize {
    let mut end = 0;
    loop {
        let rest = &bytes[end..];
        let blank = rest
            .iter()
            .position(|&byte| is_blank(byte))
            .unwrap_or(rest.len());
        end += blank;
        let ahead = &bytes[end..bytes.len().min(end + 64)];
        match ahead.iter().rposition(|byte| !byte.is_ascii()) {
            Some(foreign) => end += foreign,
            None => return end,
        }
    }
}

/// Eight ASCII characters in small letters: a byte from `A` on carries into its highest bit in the first sum, one after `Z` in the
/// second too; a quarter of that bit is what lies between the cases.
#[inline]
pub(crate) const fn lower_eight(eight: u64) -> u64 {
    let from_a = eight + 0x3f3f_3f3f_3f3f_3f3f;
    let after_z = eight + 0x2525_2525_2525_2525;
    eight | (from_a & !after_z & HIGH) >> 2
}

/// Position of the first byte that is not ASCII.
pub(crate) fn first_foreign(bytes: &[u8]) -> Option<usize> {
    let (blocks, _) = bytes.as_chunks::<64>();
    let plain = |block: &&[u8; 64]| {
        let (eights, _) = block.as_chunks::<8>();
        let all = eights.iter().map(|eight| u64::from_le_bytes(*eight));
        all.fold(0, |all, eight| all | eight) & HIGH == 0
    };
    let at = 64 * blocks.iter().take_while(plain).count();
    let rest = bytes.get(at..).unwrap_or_default();
    let (eights, _) = rest.as_chunks::<8>();
    let high = |eight: &[u8; 8]| u64::from_le_bytes(*eight) & HIGH;
    if let Some(eight) = eights.iter().position(|eight| high(eight) != 0) {
        let inner = high(&eights[eight]).trailing_zeros() as usize / 8;
        return Some(at + 8 * eight + inner);
    }
    let tail = rest.len() - rest.len() % 8;
    let inner = rest[tail..].iter().position(|byte| !byte.is_ascii())?;
    Some(at + tail + inner)
}

#[cfg(test)]
#[path = "normalize_tests.rs"]
mod tests;

//! Entities from tags, by the rules of the tools that people compare with.
//!
//! The tools disagree on invalid sequences (an `I-` after `O`, a type that changes inside an entity) and even on valid ones of
//! some schemes, so each rule is written out as its original has it, quirks included.

use super::sequence::{Sentences, TagSet};
use super::{Scheme, TypeCounts};

/// An entity: tokens `[start, end)` and its type, both numbered over the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chunk {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
    /// Number of the type, see [`Types`].
    pub kind: u32,
}

/// What a rule reads in each tag: its prefix letter and its type. Gold and prediction share one.
#[derive(Debug, Clone, Default)]
pub struct Types {
    /// Names of the types, by number.
    pub names: Vec<String>,
    /// By tag number: prefix and type.
    parsed: Vec<Tag>,
    /// What a missing tag counts as.
    outside: Tag,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tag {
    prefix: char,
    kind: u32,
}

impl Types {
    /// Splits every tag as `split` does.
    fn new<'a>(tags: &'a TagSet, split: impl Fn(&'a str) -> (char, &'a str)) -> Self {
        let mut types = Self::default();
        let mut tag = |(prefix, kind): (char, &str)| {
            let number = types.names.iter().position(|name| name == kind);
            let kind = number.unwrap_or_else(|| {
                types.names.push(kind.to_owned());
                types.names.len() - 1
            }) as u32;
            Tag { prefix, kind }
        };
        let outside = tag(split("O"));
        let parsed = tags.names().iter().map(|name| tag(split(name))).collect();
        types.outside = outside;
        types.parsed = parsed;
        types
    }

    /// As `seqeval` reads tags in its default mode: first letter, then what follows the first `-` of the rest.
    pub fn lenient(tags: &TagSet) -> Self {
        Self::new(tags, |tag| {
            let (prefix, rest) = first_letter(tag);
            let kind = rest.split_once('-').map_or(rest, |(_, kind)| kind);
            (prefix, if kind.is_empty() { "_" } else { kind })
        })
    }

    /// As `seqeval` reads tags in its strict mode: first letter, then the rest without `-` at its ends.
    pub fn strict(tags: &TagSet) -> Self {
        Self::new(tags, |tag| {
            let (prefix, rest) = first_letter(tag);
            let kind = rest.trim_matches('-');
            (prefix, if kind.is_empty() { "_" } else { kind })
        })
    }

    /// As `conlleval` reads tags: what stands before and after the first `-`.
    pub fn conlleval(tags: &TagSet) -> Self {
        Self::new(tags, |tag| {
            let (prefix, kind) = tag.split_once('-').unwrap_or((tag, ""));
            let letter = first_letter(prefix);
            // A longer word is no known prefix: it then counts as some other letter.
            (if letter.1.is_empty() { letter.0 } else { '?' }, kind)
        })
    }

    /// As `nervaluate` reads tags: first letter, then all from the third letter on. The letter is `?` where it asks for `B-` or
    /// `I-` and finds something else.
    pub fn nervaluate(tags: &TagSet) -> Self {
        Self::new(tags, |tag| {
            if tag == "O" {
                return ('O', "");
            }
            let third = tag.char_indices().nth(2).map_or(tag.len(), |(at, _)| at);
            let prefix = match &tag[..third] {
                "B-" => 'B',
                "I-" => 'I',
                // The same type goes on whatever stands before it, except that a `B` always begins anew, and must be `B-`.
                other if other.starts_with('B') => 'b',
                _ => '?',
            };
            (prefix, &tag[third..])
        })
    }

    fn tag(&self, number: u32) -> Tag {
        self.parsed
            .get(number as usize)
            .copied()
            .unwrap_or(self.outside)
    }
}

fn first_letter(tag: &str) -> (char, &str) {
    let mut letters = tag.chars();
    let letter = letters.next().unwrap_or('O');
    (letter, letters.as_str())
}

/// `seqeval` 1.2.2, default mode: an entity begins and ends where a pair of neighbouring tags says so.
pub fn lenient(sentences: &Sentences, types: &Types) -> Vec<Chunk> {
    let ends = |a: Tag, b: Tag| {
        matches!(
            (a.prefix, b.prefix),
            ('E' | 'S', _) | ('B' | 'I', 'B' | 'S' | 'O')
        ) || (a.prefix != 'O' && a.prefix != '.' && a.kind != b.kind)
    };
    let starts = |a: Tag, b: Tag| {
        matches!(
            (a.prefix, b.prefix),
            (_, 'B' | 'S') | ('E' | 'S' | 'O', 'E' | 'I')
        ) || (b.prefix != 'O' && b.prefix != '.' && a.kind != b.kind)
    };
    by_neighbours(sentences, types, ends, starts)
}

/// `conlleval`: counts of correct, predicted and gold entities by type number. As [`lenient`], but an `E-` does not end its entity
/// when a `B-` of the same type follows, and `S-` means nothing.
///
/// Counted in one pass over both sides as the original does, since its starts and ends do not always pair up.
pub fn conlleval(gold: &Sentences, predicted: &Sentences, types: &Types) -> Vec<TypeCounts> {
    let ends = |a: Tag, b: Tag| {
        matches!(
            (a.prefix, b.prefix),
            ('B' | 'I', 'B' | 'O') | ('E', 'E' | 'I' | 'O') | ('[' | ']', _)
        ) || (a.prefix != 'O' && a.prefix != '.' && a.kind != b.kind)
    };
    let starts = |a: Tag, b: Tag| {
        matches!(
            (a.prefix, b.prefix),
            ('B' | 'I' | 'O', 'B') | ('O' | 'E', 'I' | 'E') | (_, '[' | ']')
        ) || (b.prefix != 'O' && b.prefix != '.' && a.kind != b.kind)
    };
    let mut counts = vec![TypeCounts::default(); types.names.len()];
    let mut last = [types.outside; 2];
    // Both sides began an entity of one type at one token and have agreed since.
    let mut agree = false;
    for ((_, gold), (_, predicted)) in gold.iter().zip(predicted.iter()) {
        let pairs = gold.iter().zip(predicted);
        let pairs = pairs.map(|(&gold, &predicted)| [types.tag(gold), types.tag(predicted)]);
        // An `O` closes each sentence.
        for now in pairs.chain([[types.outside; 2]]) {
            let ended = [ends(last[0], now[0]), ends(last[1], now[1])];
            let started = [starts(last[0], now[0]), starts(last[1], now[1])];
            if agree {
                if ended == [true, true] && last[0].kind == last[1].kind {
                    counts[last[0].kind as usize].correct += 1;
                    agree = false;
                } else if ended[0] != ended[1] || now[0].kind != now[1].kind {
                    agree = false;
                }
            }
            if started == [true, true] && now[0].kind == now[1].kind {
                agree = true;
            }
            counts[now[0].kind as usize].gold += u64::from(started[0]);
            counts[now[1].kind as usize].predicted += u64::from(started[1]);
            last = now;
        }
    }
    counts
}

fn by_neighbours(
    sentences: &Sentences,
    types: &Types,
    ends: impl Fn(Tag, Tag) -> bool,
    starts: impl Fn(Tag, Tag) -> bool,
) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut previous = types.outside;
    let mut begin = 0;
    for (first, tags) in sentences.iter() {
        // An `O` closes each sentence.
        let all = tags.iter().map(|&tag| types.tag(tag));
        for (at, tag) in (first as u32..).zip(all.chain([types.outside])) {
            if tag == types.outside && previous == types.outside {
                continue;
            }
            if ends(previous, tag) {
                chunks.push(Chunk {
                    start: begin,
                    end: at,
                    kind: previous.kind,
                });
            }
            if starts(previous, tag) {
                begin = at;
            }
            previous = tag;
        }
    }
    chunks
}

/// How the types of two neighbouring tags must relate.
#[derive(Clone, Copy)]
enum Kind {
    Same,
    Other,
    Any,
}

/// A pattern over two neighbouring tags: letters allowed first (empty = any), letters allowed second (empty = any), types.
type Pattern = (&'static str, &'static str, Kind);

/// What a scheme allows, and its patterns for the start, the inside and the end of an entity.
struct Grammar {
    letters: &'static str,
    start: &'static [Pattern],
    inside: &'static [Pattern],
    end: &'static [Pattern],
}

use Kind::{Any, Other, Same};

const GRAMMARS: [Grammar; 6] = [
    // IOB1
    Grammar {
        letters: "IOB",
        start: &[("OB", "I", Any), ("I", "I", Other), ("IB", "B", Same)],
        inside: &[("IB", "I", Same)],
        end: &[
            ("IB", "I", Other),
            ("IB", "O", Any),
            ("I", "B", Any),
            ("B", "B", Same),
        ],
    },
    // IOB2
    Grammar {
        letters: "IOB",
        start: &[("", "B", Any)],
        inside: &[("IB", "I", Same)],
        end: &[("IB", "OB", Any), ("IB", "I", Other)],
    },
    // IOE1
    Grammar {
        letters: "IOE",
        start: &[("OE", "I", Any), ("I", "I", Other), ("E", "E", Same)],
        inside: &[("I", "IE", Same)],
        end: &[("I", "IE", Other), ("I", "O", Any), ("E", "IE", Same)],
    },
    // IOE2
    Grammar {
        letters: "IOE",
        start: &[("OE", "IE", Any), ("I", "IE", Other)],
        inside: &[("I", "IE", Same)],
        end: &[("E", "", Any)],
    },
    // IOBES
    Grammar {
        letters: "IOBES",
        start: &[("", "BS", Any)],
        inside: &[("BI", "IE", Same)],
        end: &[("SE", "", Any)],
    },
    // BILOU
    Grammar {
        letters: "BILOU",
        start: &[("", "BU", Any)],
        inside: &[("BI", "IL", Same)],
        end: &[("UL", "", Any)],
    },
];

fn matches_any(patterns: &[Pattern], a: Tag, b: Tag) -> bool {
    let allowed = |letters: &str, prefix| letters.is_empty() || letters.contains(prefix);
    patterns.iter().any(|&(first, second, kind)| {
        allowed(first, a.prefix)
            && allowed(second, b.prefix)
            && match kind {
                Same => a.kind == b.kind,
                Other => a.kind != b.kind,
                Any => true,
            }
    })
}

/// The first tag whose prefix the scheme does not have, as its number. `seqeval` refuses to score such a file.
pub fn foreign_tag(sentences: &Sentences, types: &Types, scheme: Scheme) -> Option<u32> {
    let letters = GRAMMARS[scheme as usize].letters;
    let foreign: Vec<bool> = (types.parsed.iter())
        .map(|tag| !letters.contains(tag.prefix))
        .collect();
    let all = sentences.iter().flat_map(|(_, tags)| tags.iter().copied());
    let is_foreign = |&tag: &u32| foreign.get(tag as usize).copied().unwrap_or(true);
    all.into_iter().find(is_foreign)
}

/// `seqeval` 1.2.2, strict mode: an entity counts only when it begins, goes on and ends as the scheme has it.
pub fn strict(sentences: &Sentences, types: &Types, scheme: Scheme) -> Vec<Chunk> {
    let grammar = &GRAMMARS[scheme as usize];
    let mut chunks = Vec::new();
    for (first, tags) in sentences.iter() {
        let tag = |at: usize| tags.get(at).map_or(types.outside, |&tag| types.tag(tag));
        let mut previous = types.outside;
        let mut at = 0;
        while at < tags.len() {
            let here = tag(at);
            if !matches_any(grammar.start, previous, here) {
                previous = here;
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end < tags.len() && matches_any(grammar.inside, tag(end - 1), tag(end)) {
                end += 1;
            }
            if matches_any(grammar.end, tag(end - 1), tag(end)) {
                chunks.push(Chunk {
                    start: (first + at) as u32,
                    end: (first + end) as u32,
                    kind: here.kind,
                });
            }
            previous = tag(end - 1);
            at = end;
        }
    }
    chunks
}

/// `nervaluate` 1.2.1: entities go on while the type stays the same and no `B` stands before it.
///
/// # Errors
/// The number of the first tag that begins an entity with neither `B-` nor `I-`; the original raises an error there.
pub fn nervaluate(sentences: &Sentences, types: &Types) -> Result<Vec<Chunk>, u32> {
    let mut chunks = Vec::new();
    for (first, tags) in sentences.iter() {
        let mut open: Option<(u32, u32)> = None;
        let mut close = |open: &mut Option<(u32, u32)>, end: u32| {
            if let Some((start, kind)) = open.take() {
                chunks.push(Chunk { start, end, kind });
            }
        };
        for (at, &number) in (first as u32..).zip(tags) {
            let tag = types.tag(number);
            if tag.prefix == 'O' {
                close(&mut open, at);
            } else if open.is_none_or(|(_, kind)| kind != tag.kind)
                || matches!(tag.prefix, 'B' | 'b')
            {
                if !matches!(tag.prefix, 'B' | 'I') {
                    return Err(number);
                }
                close(&mut open, at);
                open = Some((at, tag.kind));
            }
        }
        close(&mut open, (first + tags.len()) as u32);
    }
    Ok(chunks)
}

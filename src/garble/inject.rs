//! Damage with exact spans: operators that turn clean text into garbled text, for tests, recall curves and throughput corpora.
//!
//! Every operator changes one place and says where the damage stands in the new text, so that recall is known by
//! construction. Results on injected damage and on real text are never mixed in one table.

use crate::corpus::Span;
use crate::text::token::{Kind, tokens};

/// A way of damaging text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// Two neighbouring words change places.
    Swap,
    /// A word is left out; the damage covers the words before and after the gap.
    Drop,
    /// A word is said twice; the damage is the second.
    Repeat,
    /// `not` is put after an auxiliary, or taken away.
    Negate,
    /// A number becomes another one.
    Number,
    /// A name (a capitalised word inside a sentence) becomes another name of the text.
    Name,
    /// A curly quote or accented letter becomes its UTF-8 read as Windows-1252.
    Mojibake,
    /// Markup is glued to a capitalised word.
    Markup,
    /// A line of page furniture is put between two lines.
    Furniture,
}

impl Operator {
    /// Every operator.
    pub const ALL: &[Self] = &[
        Self::Swap,
        Self::Drop,
        Self::Repeat,
        Self::Negate,
        Self::Number,
        Self::Name,
        Self::Mojibake,
        Self::Markup,
        Self::Furniture,
    ];

    /// Name in commands and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Swap => "swap",
            Self::Drop => "drop",
            Self::Repeat => "repeat",
            Self::Negate => "negate",
            Self::Number => "number",
            Self::Name => "name",
            Self::Mojibake => "mojibake",
            Self::Markup => "markup",
            Self::Furniture => "furniture",
        }
    }

    /// Garble category of the damage.
    pub const fn category(self) -> &'static str {
        match self {
            Self::Swap => "syntax",
            Self::Drop | Self::Repeat => "token",
            Self::Negate | Self::Number => "meaning",
            Self::Name => "name",
            Self::Mojibake => "surface",
            Self::Markup | Self::Furniture => "boilerplate",
        }
    }
}

/// Damaged text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// The new text.
    pub text: String,
    /// The damage in it.
    pub span: Span,
    /// What stood there before (empty for an insertion).
    pub intended: String,
}

/// Damages one place of the text; which of the possible ones, `choice` decides. `None` when the operator finds no place.
pub fn inject(text: &str, operator: Operator, choice: u64) -> Option<Damaged> {
    let words: Vec<Span> = tokens(text)
        .filter(|token| token.kind == Kind::Word)
        .map(|token| token.span)
        .collect();
    let word = |at: usize| &text[words[at].start..words[at].end];
    let pick = |places: &[usize]| -> Option<usize> {
        let count = u64::try_from(places.len())
            .ok()
            .filter(|&count| count > 0)?;
        places.get(usize::try_from(choice % count).ok()?).copied()
    };
    // Neighbours with nothing but one space between them.
    let beside =
        |at: usize| at + 1 < words.len() && &text[words[at].end..words[at + 1].start] == " ";
    let places = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..words.len()).filter(|&at| wanted(at)).collect()
    };
    match operator {
        Operator::Swap => {
            let at = pick(&places(&|at| {
                beside(at) && !word(at).eq_ignore_ascii_case(word(at + 1))
            }))?;
            let whole = Span::new(words[at].start, words[at + 1].end);
            Some(replace(
                text,
                whole,
                &format!("{} {}", word(at + 1), word(at)),
            ))
        }
        Operator::Drop => {
            let at = pick(&places(&|at| at > 0 && beside(at - 1) && beside(at)))?;
            let whole = Span::new(words[at - 1].start, words[at + 1].end);
            Some(replace(
                text,
                whole,
                &format!("{} {}", word(at - 1), word(at + 1)),
            ))
        }
        Operator::Repeat => {
            let at = pick(&places(&|at| beside(at)))?;
            Some(insert(text, words[at].end + 1, word(at), " "))
        }
        Operator::Negate => {
            const AUXILIARIES: &[&str] = &[
                "is", "are", "was", "were", "has", "have", "had", "will", "would", "can", "could",
                "should", "must", "did", "does", "do",
            ];
            let auxiliary =
                |at: usize| AUXILIARIES.iter().any(|a| a.eq_ignore_ascii_case(word(at)));
            let at = pick(&places(&|at| auxiliary(at) && beside(at)))?;
            if word(at + 1).eq_ignore_ascii_case("not") && beside(at + 1) {
                let whole = Span::new(words[at].start, words[at + 2].end);
                return Some(replace(
                    text,
                    whole,
                    &format!("{} {}", word(at), word(at + 2)),
                ));
            }
            Some(insert(text, words[at].end + 1, "not", " "))
        }
        Operator::Number => {
            let at = pick(&places(&|at| {
                word(at).starts_with(|c: char| c.is_ascii_digit())
            }))?;
            let old = word(at).as_bytes()[0];
            let digit = b'1' + (old - b'0' + u8::try_from(choice % 7).unwrap_or(0)) % 9;
            let digit = if digit == old {
                b'1' + (digit - b'0') % 9
            } else {
                digit
            };
            let new = format!("{}{}", digit as char, &word(at)[1..]);
            Some(replace(text, words[at], &new))
        }
        Operator::Name => {
            let name = |at: usize| {
                at > 0 && beside(at - 1) && word(at).chars().next().is_some_and(char::is_uppercase)
            };
            let names = places(&name);
            let at = pick(&names)?;
            let others: Vec<usize> = names
                .into_iter()
                .filter(|&other| word(other) != word(at))
                .collect();
            let other = pick(&others)?;
            Some(replace(text, words[at], word(other)))
        }
        Operator::Mojibake => {
            let marks: Vec<(usize, char)> = text
                .char_indices()
                .filter(|(_, c)| {
                    matches!(
                        c,
                        '\u{2019}'
                            | '\u{201c}'
                            | '\u{2013}'
                            | '\u{2014}'
                            | 'é'
                            | 'á'
                            | 'ü'
                            | 'ö'
                            | 'ñ'
                    )
                })
                .collect();
            let indices: Vec<usize> = (0..marks.len()).collect();
            let (at, c) = marks[pick(&indices)?];
            let new = match c {
                '\u{2019}' => "â€™",
                '\u{201c}' => "â€œ",
                '\u{2013}' => "â€“",
                '\u{2014}' => "â€”",
                'é' => "Ã©",
                'á' => "Ã¡",
                'ü' => "Ã¼",
                'ö' => "Ã¶",
                _ => "Ã±",
            };
            Some(replace(text, Span::new(at, at + c.len_utf8()), new))
        }
        Operator::Markup => {
            const MARKUP: &[&str] = &["media_camera", "img_caption", "video_play", "share_icon"];
            let at = pick(&places(&|at| {
                word(at).starts_with(|c: char| c.is_ascii_uppercase())
                    && (words[at].start == 0
                        || text[..words[at].start].ends_with(char::is_whitespace))
            }))?;
            let markup = MARKUP[usize::try_from(choice % MARKUP.len() as u64).unwrap_or(0)];
            Some(insert(text, words[at].start, markup, ""))
        }
        Operator::Furniture => {
            const LINES: &[&str] = &[
                "Advertisement",
                "Click here to subscribe to our newsletter",
                "1,204 views",
                "(Reporting by Ann Example; Editing by Bo Sample)",
                "Share on Facebook",
            ];
            let breaks: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
            let at = pick(&breaks)?;
            let line = LINES[usize::try_from(choice % LINES.len() as u64).unwrap_or(0)];
            Some(insert(text, at, line, "\n"))
        }
    }
}

fn replace(text: &str, place: Span, new: &str) -> Damaged {
    Damaged {
        text: format!("{}{new}{}", &text[..place.start], &text[place.end..]),
        span: Span::new(place.start, place.start + new.len()),
        intended: text[place.start..place.end].to_owned(),
    }
}

fn insert(text: &str, at: usize, new: &str, after: &str) -> Damaged {
    Damaged {
        text: format!("{}{new}{after}{}", &text[..at], &text[at..]),
        span: Span::new(at, at + new.len()),
        intended: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus::{Corpus, Document};
    use crate::garble::{GarbleTraining, algorithms};
    use crate::params::Params;
    use crate::registry::find;

    const CLEAN: &str = "The café in Lima was closed on 12 May, and Ann Example has left.\nNobody in Quito’s streets would say why.\n";

    #[test]
    fn every_operator_finds_a_place_and_says_where() {
        for &operator in Operator::ALL {
            let damaged = inject(CLEAN, operator, 5).unwrap();
            assert_ne!(damaged.text, CLEAN, "{}", operator.name());
            assert!(
                damaged
                    .span
                    .text(&damaged.text)
                    .is_some_and(|t| !t.is_empty())
            );
        }
        let swap = inject("One two.", Operator::Swap, 0).unwrap();
        assert_eq!(
            (swap.text.as_str(), swap.span, swap.intended.as_str()),
            ("two One.", Span::new(0, 7), "One two")
        );
        let gap = inject("He went home.", Operator::Drop, 0).unwrap();
        assert_eq!((gap.text.as_str(), gap.span), ("He home.", Span::new(0, 7)));
        let not = inject("He was not there.", Operator::Negate, 0).unwrap();
        assert_eq!(not.text, "He was there.");
        assert_eq!(inject("", Operator::Number, 0), None);
    }

    /// What the detectors of form are made for they find wherever it is put.
    #[test]
    fn detectors_find_what_is_injected() {
        let none = Corpus::default();
        let training = GarbleTraining {
            corpus: &none,
            garbles: &[],
        };
        for (operator, name) in [
            (Operator::Repeat, "repetition"),
            (Operator::Mojibake, "mojibake"),
            (Operator::Markup, "boilerplate"),
            (Operator::Furniture, "boilerplate"),
        ] {
            let (detector, _) = find(&algorithms(), "detector", name)
                .unwrap()
                .build(&Params::new())
                .unwrap();
            let model = detector.fit(&training).unwrap();
            for choice in 0..12 {
                let damaged = inject(CLEAN, operator, choice).unwrap();
                // A doubled name or number may be meant (`Duran Duran`), and `repetition` says that it leaves those alone.
                let doubled = &damaged.text[damaged.span.start..damaged.span.end];
                if name == "repetition"
                    && doubled != "The"
                    && doubled.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                {
                    continue;
                }
                let document = Document {
                    id: "d".to_owned(),
                    text: damaged.text,
                };
                let corpus = Corpus::new(vec![document]).unwrap();
                let found = model.detect(0, &corpus);
                assert!(
                    found
                        .iter()
                        .any(|f| f.confidence >= 0.5 && f.span.overlaps(damaged.span)),
                    "{name} misses {} {choice}: {:?}",
                    operator.name(),
                    corpus.documents[0].text
                );
            }
        }
    }

    proptest! {
        /// Undoing the damage where it is said to stand gives the clean text back.
        #[test]
        fn the_span_is_exact(choice in 0_u64..50, at in 0_usize..9, text in "([A-Z][a-z]{1,5} |[a-z]{1,5} |[0-9]{1,3} |’|é|was |\n){0,30}") {
            let operator = Operator::ALL[at];
            if let Some(damaged) = inject(&text, operator, choice) {
                let before = &damaged.text[..damaged.span.start];
                let after = &damaged.text[damaged.span.end..];
                prop_assert!(text.starts_with(before));
                let back = format!("{before}{}{after}", damaged.intended);
                // Insertions bring a space or line break with them.
                let shorter = after.get(1..).map(|rest| format!("{before}{rest}"));
                prop_assert!(back == text || (damaged.intended.is_empty() && shorter.as_deref() == Some(&text)));
            }
        }
    }
}

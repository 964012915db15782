//! Slices of mentions: surface forms seen in training or not, names in small letters, and what gold marks.

use rustc_hash::FxHashMap;

use crate::corpus::Span;
use crate::folds::folds;
use crate::label::{Gold, Mention};
use crate::place::Places;

/// What the slices of a gold set are made of.
pub(super) struct Slices<'a> {
    places: &'a Places<'a>,
    /// Number of the fold of each document.
    fold: Vec<usize>,
    /// By surface form: its first fold, and whether it stands in another as well.
    surfaces: FxHashMap<&'a str, (usize, bool)>,
    /// Some mention is marked as metonymic.
    metonymic: bool,
    /// Some mention is marked as garbled.
    garbled: bool,
}

impl<'a> Slices<'a> {
    pub(super) fn new(places: &'a Places<'a>, gold: &Gold, layer: &[Mention]) -> Self {
        let mut fold = vec![0; gold.corpus.len()];
        for (number, documents) in folds(gold).folds.iter().enumerate() {
            for &document in documents {
                fold[document] = number;
            }
        }
        let mut surfaces: FxHashMap<&str, (usize, bool)> = FxHashMap::default();
        for mention in layer {
            let own = fold.get(mention.document).copied().unwrap_or_default();
            let (first, others) = surfaces
                .entry(places.text(mention.document, mention.span))
                .or_insert((own, false));
            *others |= *first != own;
        }
        Self {
            places,
            fold,
            surfaces,
            metonymic: layer.iter().any(|mention| mention.metonymic),
            garbled: layer.iter().any(|mention| mention.garbled),
        }
    }

    /// Slices of a gold mention.
    pub(super) fn of_gold(&self, mention: &Mention, slices: &mut Vec<String>) {
        self.of_text(mention.document, mention.span, slices);
        if self.metonymic {
            let reading = if mention.metonymic {
                "metonymic"
            } else {
                "literal"
            };
            slices.push(format!("reading={reading}"));
        }
        if self.garbled {
            let spelling = if mention.garbled { "garbled" } else { "intact" };
            slices.push(format!("spelling={spelling}"));
        }
    }

    /// Slices that a text tells, in gold or predicted.
    pub(super) fn of_text(&self, document: usize, span: Span, slices: &mut Vec<String>) {
        let text = self.places.text(document, span);
        let own = self.fold.get(document).copied().unwrap_or_default();
        // Seen by whoever learns from the other folds.
        let seen = self
            .surfaces
            .get(text)
            .is_some_and(|&(first, others)| others || first != own);
        slices.push(format!("surface={}", if seen { "seen" } else { "unseen" }));
        slices.push(format!(
            "letters={}",
            if is_small(text) { "small" } else { "capital" }
        ));
    }
}

/// True when the first or the last word begins with a small letter (`green zone`, `U.S. embassy`).
fn is_small(name: &str) -> bool {
    let small = |word: Option<&str>| {
        word.and_then(|word| word.chars().next())
            .is_some_and(char::is_lowercase)
    };
    let words = || {
        name.split([' ', '-', '\u{a0}'])
            .filter(|word| !word.is_empty())
    };
    small(words().next()) || small(words().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::Gold;
    use crate::test_gold::{gold, mention};

    /// Three stories of one document each.
    fn stories() -> Gold {
        let mut gold = gold(&["Rome and Oslo", "Rome and green zone", "Oslo the Rom"]);
        gold.stories = ["a", "b", "b"].map(str::to_owned).to_vec();
        let mut mentions = vec![
            mention(0, 0, 4, "GPE"),
            mention(0, 9, 13, "GPE"),
            mention(1, 0, 4, "GPE"),
            mention(1, 9, 19, "LOC"),
        ];
        mentions[1].metonymic = true;
        gold.mentions = Some(mentions);
        gold
    }

    fn of(document: usize, start: usize, end: usize) -> String {
        let gold = stories();
        let places = Places::new(&gold);
        let slices = Slices::new(&places, &gold, gold.mentions.as_deref().unwrap_or_default());
        let mut found = Vec::new();
        slices.of_text(document, Span::new(start, end), &mut found);
        found.join(" ")
    }

    #[test]
    fn seen_means_labelled_in_another_fold() {
        // Rome stands in both stories; Oslo only in the first, so that it is seen from the second alone.
        assert_eq!(of(0, 0, 4), "surface=seen letters=capital");
        assert_eq!(of(0, 9, 13), "surface=unseen letters=capital");
        assert_eq!(of(2, 0, 4), "surface=seen letters=capital");
        // A second document of the same story is no training.
        assert_eq!(of(1, 9, 19), "surface=unseen letters=small");
        assert_eq!(of(2, 9, 12), "surface=unseen letters=capital");
    }

    #[test]
    fn marks_of_the_gold_are_slices_where_the_gold_has_them() {
        let gold = stories();
        let places = Places::new(&gold);
        let layer = gold.mentions.as_deref().unwrap_or_default();
        let slices = Slices::new(&places, &gold, layer);
        let mut found = Vec::new();
        slices.of_gold(&layer[1], &mut found);
        assert_eq!(
            found,
            ["surface=unseen", "letters=capital", "reading=metonymic"]
        );
    }

    #[test]
    fn small_letters_at_either_end() {
        for (name, small) in [
            ("green zone", true),
            ("U.S. embassy", true),
            ("van Gogh", true),
            ("Green Zone", false),
            ("3M", false),
            ("", false),
        ] {
            assert_eq!(is_small(name), small, "{name}");
        }
    }
}

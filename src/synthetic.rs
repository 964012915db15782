//! Made-up corpora of any size for timing and scaling: deterministic, streamed, with known copies.
//!
//! Documents are drawn from the words or lines of given texts, so that the mix of letters, quotes and line breaks is that of
//! real text. Document `i` depends on the seed and on `i` only: any part can be made again, in any order, on any machine.
//! Speeds measured on such text hold for this mix; qualities measured on it say nothing about real copies.

use crate::corpus::Document;
use crate::text::hash::{SplitMix, mix};

/// What is drawn from the source texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Single words: documents share hardly any longer run of words, as unrelated documents do. For dedup.
    Words,
    /// Whole lines: names, sentences and marks stay as written. For entity and garble.
    Lines,
}

/// A recipe for documents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Synthetic {
    /// What is drawn.
    pub grain: Grain,
    /// Length in bytes from which a document is finished.
    pub document_bytes: usize,
    /// Every so many documents one is a perturbed copy of an earlier one; 0 for none.
    pub copy_every: usize,
    /// Shares of words changed in copies; each copy takes one of them.
    pub edits: &'static [f64],
    /// Changes everything.
    pub seed: u64,
}

impl Default for Synthetic {
    /// Documents of 2.4 KB (a news article), every tenth a copy with 0, 2, 5 or 10 % of its words changed.
    fn default() -> Self {
        Self {
            grain: Grain::Words,
            document_bytes: 2400,
            copy_every: 10,
            edits: &[0.0, 0.02, 0.05, 0.10],
            seed: 1,
        }
    }
}

/// The sizes at which components are timed, in bytes.
pub const SIZES: [(&str, usize); 3] = [("20KB", 20_000), ("1MB", 1_000_000), ("16MB", 16_000_000)];

/// Source texts cut into what is drawn from them.
#[derive(Debug, Clone)]
pub struct Generator<'a> {
    recipe: Synthetic,
    pieces: Vec<&'a str>,
}

impl<'a> Generator<'a> {
    /// A generator over the given texts. Without any word in them all documents are empty.
    pub fn new(recipe: Synthetic, sources: impl IntoIterator<Item = &'a str>) -> Self {
        let mut pieces = Vec::new();
        for source in sources {
            match recipe.grain {
                Grain::Words => pieces.extend(source.split_whitespace()),
                Grain::Lines => pieces.extend(
                    source
                        .lines()
                        .map(str::trim)
                        .filter(|line| !line.is_empty()),
                ),
            }
        }
        Self { recipe, pieces }
    }

    /// The earlier document of which document `index` is a copy.
    pub fn original(&self, index: usize) -> Option<usize> {
        let every = self.recipe.copy_every;
        if every < 2 || index % every != every - 1 {
            return None;
        }
        let earlier = SplitMix::new(self.key(index) ^ 1).below(index);
        // Never a copy of a copy, so that every group is one original with its copies.
        Some(if earlier % every == every - 1 {
            earlier - 1
        } else {
            earlier
        })
    }

    /// Text of document `index`.
    pub fn text(&self, index: usize) -> String {
        let mut text = String::with_capacity(self.recipe.document_bytes + 100);
        match self.original(index) {
            None => self.draw(index, &mut text),
            Some(original) => self.copy(index, original, &mut text),
        }
        text
    }

    /// Document `index`; identifiers sort as numbers do.
    pub fn document(&self, index: usize) -> Document {
        Document {
            id: format!("{index:09}"),
            text: self.text(index),
        }
    }

    /// Documents from the first until their texts reach `bytes` together (at least one).
    pub fn documents(&self, bytes: usize) -> Vec<Document> {
        let mut total = 0;
        let mut documents = Vec::new();
        while total < bytes || documents.is_empty() {
            let document = self.document(documents.len());
            total += document.text.len().max(1);
            documents.push(document);
        }
        documents
    }

    fn key(&self, index: usize) -> u64 {
        mix(self.recipe.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ mix(index as u64))
    }

    fn piece(&self, numbers: &mut SplitMix) -> &'a str {
        self.pieces
            .get(numbers.below(self.pieces.len()))
            .copied()
            .unwrap_or_default()
    }

    fn draw(&self, index: usize, text: &mut String) {
        let mut numbers = SplitMix::new(self.key(index));
        while text.len() < self.recipe.document_bytes && !self.pieces.is_empty() {
            let piece = self.piece(&mut numbers);
            self.push(piece, &mut numbers, text);
        }
    }

    /// The original with some pieces replaced, dropped or put in.
    fn copy(&self, index: usize, original: usize, text: &mut String) {
        let mut source = String::new();
        self.draw(original, &mut source);
        let mut numbers = SplitMix::new(self.key(index) ^ 2);
        let share = self
            .recipe
            .edits
            .get(numbers.below(self.recipe.edits.len()))
            .copied()
            .unwrap_or(0.0);
        for piece in source.split_inclusive([' ', '\n']) {
            if numbers.unit() >= share {
                text.push_str(piece);
                continue;
            }
            match numbers.below(3) {
                0 => {}
                1 => self.insert(&mut numbers, text),
                _ => {
                    text.push_str(piece);
                    self.insert(&mut numbers, text);
                }
            }
        }
    }

    fn insert(&self, numbers: &mut SplitMix, text: &mut String) {
        text.push_str(self.piece(numbers));
        text.push(if self.recipe.grain == Grain::Lines {
            '\n'
        } else {
            ' '
        });
    }

    fn push(&self, piece: &str, numbers: &mut SplitMix, text: &mut String) {
        text.push_str(piece);
        let ends = self.recipe.grain == Grain::Lines || numbers.below(40) == 0;
        text.push(if ends { '\n' } else { ' ' });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "one two three\nfour five six seven\n\neight nine ten\n";

    #[test]
    fn documents_depend_on_seed_and_index_only() {
        let generator = Generator::new(Synthetic::default(), [TEXT]);
        let all = generator.documents(100_000);
        assert_eq!(all[17].text, generator.text(17));
        assert!(
            all.iter()
                .map(|document| document.text.len())
                .sum::<usize>()
                >= 100_000
        );
        assert!(all.is_sorted_by(|a, b| a.id < b.id));
        let other = Generator::new(
            Synthetic {
                seed: 2,
                ..Synthetic::default()
            },
            [TEXT],
        );
        assert_ne!(other.text(0), generator.text(0));
    }

    #[test]
    fn every_tenth_document_copies_an_earlier_original() {
        let generator = Generator::new(
            Synthetic {
                edits: &[0.05],
                ..Synthetic::default()
            },
            [TEXT],
        );
        for index in 0..200 {
            let original = generator.original(index);
            assert_eq!(original.is_some(), index % 10 == 9);
            if let Some(original) = original {
                assert!(original < index && generator.original(original).is_none());
                let (copy, source) = (generator.text(index), generator.text(original));
                assert_ne!(copy, source);
                assert!(copy.len().abs_diff(source.len()) < source.len() / 5);
            }
        }
    }

    #[test]
    fn lines_stay_whole_and_no_source_gives_empty_documents() {
        let lines = Generator::new(
            Synthetic {
                grain: Grain::Lines,
                ..Synthetic::default()
            },
            [TEXT],
        );
        assert!(
            lines
                .text(0)
                .lines()
                .all(|line| TEXT.lines().any(|source| source == line))
        );
        assert_eq!(Generator::new(Synthetic::default(), [" \n"]).text(3), "");
    }
}

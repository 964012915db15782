//! Tag sequences, held flat: one number per token, sentences by their ends.

use rustc_hash::FxHashMap;

/// The distinct tags of a comparison. Gold and predictions share one, so that equal tags have equal numbers.
#[derive(Debug, Clone, Default)]
pub struct TagSet {
    names: Vec<String>,
    numbers: FxHashMap<String, u32>,
}

impl TagSet {
    /// The number of a tag.
    pub fn number(&mut self, tag: &str) -> u32 {
        if let Some(&number) = self.numbers.get(tag) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(tag.to_owned());
        self.numbers.insert(tag.to_owned(), number);
        number
    }

    /// All tags, by number.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// Sentences (or documents) of tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentences {
    tags: Vec<u32>,
    ends: Vec<usize>,
}

impl Sentences {
    /// Appends a tag to the sentence that is being read.
    pub fn push(&mut self, tag: u32) {
        self.tags.push(tag);
    }

    /// Ends the sentence that is being read, which may be empty.
    pub fn end_sentence(&mut self) {
        self.ends.push(self.tags.len());
    }

    /// From lists of tags.
    pub fn of<S: AsRef<str>>(sentences: &[Vec<S>], tags: &mut TagSet) -> Self {
        let mut all = Self::default();
        for sentence in sentences {
            for tag in sentence {
                let number = tags.number(tag.as_ref());
                all.push(number);
            }
            all.end_sentence();
        }
        all
    }

    /// Number of tokens.
    pub fn tokens(&self) -> usize {
        self.tags.len()
    }

    /// Where each sentence ends, as a token number.
    pub fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// The sentences: number of the first token and the tags.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| (start, &self.tags[start..end]))
    }
}

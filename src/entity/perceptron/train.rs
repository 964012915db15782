//! Training: sentences are tagged with the weights so far; where the tags are wrong, the weights of the right ones rise and
//! those of the wrong ones fall by one. The result is the mean of the weights over all steps (Collins 2002).
//!
//! All sums are integers, so that equal data and seed give equal bytes on every machine.

use super::decode::{LANES, Lattice, Transitions, allowed, blocks};
use super::features::{COUNT, profile, rows};
use super::tagger::{MOST, Tagger, tags};
use super::tokens::{CLASSES, Token, read};
use crate::corpus::Span;
use crate::entity::EntityTraining;
use crate::label::Nesting;
use crate::text::hash::SplitMix;
use crate::text::sentence;

/// A sentence with its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Example {
    pub(super) tokens: Vec<Token>,
    pub(super) tags: Vec<u8>,
}

/// Types of the outer mentions in a training set, sorted.
pub(super) fn types(training: &EntityTraining<'_>) -> Vec<String> {
    let mut types: Vec<String> = usable(training)
        .map(|(_, _, label)| label.to_owned())
        .collect();
    types.sort();
    types.dedup();
    types
}

/// Document, span and type of the mentions that tags can tell: outer ones that nobody doubts.
fn usable<'a>(training: &EntityTraining<'a>) -> impl Iterator<Item = (usize, Span, &'a str)> {
    let mentions = training.mentions.iter();
    mentions
        .filter(|mention| mention.nesting == Nesting::Outer && !mention.doubtful)
        .map(|mention| (mention.document, mention.span, mention.entity_type.as_str()))
}

/// Documents by their text: training looks at sentences in an order of its own, which that of the documents must not change.
pub(super) fn by_text(training: &EntityTraining<'_>) -> Vec<usize> {
    let documents = &training.corpus.documents;
    let mut order: Vec<usize> = (0..documents.len()).collect();
    order.sort_by(|&a, &b| documents[a].text.cmp(&documents[b].text));
    order
}

/// The sentences of a training set, its documents in the order given. A name whose edges lie inside a token, or that crosses a
/// sentence, is left out.
pub(super) fn examples(
    training: &EntityTraining<'_>,
    types: &[String],
    order: impl IntoIterator<Item = usize>,
) -> Vec<Example> {
    let mut spans: Vec<(usize, Span, &str)> = usable(training).collect();
    spans.sort_unstable();
    let mut examples = Vec::new();
    for index in order {
        let document = &training.corpus.documents[index];
        if u32::try_from(document.text.len()).is_err() {
            continue;
        }
        let from = spans.partition_point(|(document, ..)| *document < index);
        let until = spans.partition_point(|(document, ..)| *document <= index);
        for sentence in sentence::segments(&document.text) {
            let mut tokens = Vec::new();
            read(&document.text, sentence, &mut tokens);
            let mut path = vec![0; tokens.len()];
            for (_, span, label) in spans[from..until]
                .iter()
                .filter(|(_, span, _)| sentence.contains(*span))
            {
                let first = tokens
                    .iter()
                    .position(|token| token.start as usize == span.start);
                let last = tokens
                    .iter()
                    .position(|token| token.end as usize == span.end);
                let kind = types.iter().position(|known| known == label);
                let (Some(first), Some(last), Some(kind)) = (first, last, kind) else {
                    continue;
                };
                let tag = u8::try_from(2 * kind + 1).unwrap_or(u8::MAX);
                if first <= last && path[first..=last].iter().all(|&tag| tag == 0) {
                    path[first..=last].fill(tag + 1);
                    path[first] = tag;
                }
            }
            examples.push(Example { tokens, tags: path });
        }
    }
    examples
}

/// Weights in training.
#[derive(Debug)]
pub(super) struct Trainer {
    types: Vec<String>,
    bits: u32,
    weights: Vec<[i32; LANES]>,
    /// Sum of each change times the number of the step at which it was made.
    sums: Vec<[i64; LANES]>,
    transitions: Transitions,
    transition_sums: Vec<[i64; LANES]>,
    /// What missing a name costs in training, see [`Trainer::new`].
    recall: i32,
    /// Sentences seen.
    step: i64,
    lattice: Lattice,
    order: SplitMix,
}

impl Trainer {
    /// All weights 0. In training `O` is given `recall` points for nothing wherever it is wrong, so that names are learnt until they
    /// win by a margin (cost-augmented decoding).
    pub(super) fn new(types: Vec<String>, bits: u32, seed: u64, recall: u32) -> Self {
        let tags = tags(types.len());
        let rows = (1usize << bits) * blocks(tags);
        let transitions = Transitions::new(tags, CLASSES);
        Self {
            types,
            bits,
            weights: vec![[0; LANES]; rows],
            sums: vec![[0; LANES]; rows],
            transition_sums: vec![[0; LANES]; transitions.scores.len()],
            transitions,
            recall: i32::try_from(recall).unwrap_or(i32::MAX),
            step: 0,
            lattice: Lattice::default(),
            order: SplitMix::new(seed),
        }
    }

    /// Goes once through all sentences in a new order; gives the number of tokens that were tagged wrong.
    pub(super) fn epoch(&mut self, examples: &[Example]) -> usize {
        let mut order: Vec<usize> = (0..examples.len()).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, self.order.below(at + 1));
        }
        order
            .into_iter()
            .map(|index| self.learn(&examples[index]))
            .sum()
    }

    fn learn(&mut self, example: &Example) -> usize {
        self.step += 1;
        let blocks = blocks(self.transitions.tags);
        let profile = profile(&example.tokens);
        let shift = 64 - self.bits;
        let mut features = [0; COUNT];
        self.lattice.emissions.clear();
        for at in 0..example.tokens.len() {
            rows(&example.tokens, at, profile, shift, &mut features);
            for block in 0..blocks {
                let mut sum = [0; LANES];
                for &row in &features {
                    for (sum, weight) in sum
                        .iter_mut()
                        .zip(&self.weights[row as usize * blocks + block])
                    {
                        *sum += weight;
                    }
                }
                self.lattice.emissions.push(sum);
            }
            if example.tags[at] != 0 {
                self.lattice.emissions[at * blocks][0] += self.recall;
            }
        }
        self.lattice.run(
            example.tokens.iter().map(|token| token.class as usize),
            &self.transitions,
        );
        let path = std::mem::take(&mut self.lattice.path);
        let mut wrong = 0;
        let start = self.transitions.tags;
        let (mut right_before, mut found_before) = (start, start);
        for (at, (&right, &found)) in example.tags.iter().zip(&path).enumerate() {
            let (right, found) = (usize::from(right), usize::from(found));
            if right != found {
                wrong += 1;
                rows(&example.tokens, at, profile, shift, &mut features);
                for &row in &features {
                    self.change(row as usize * blocks, right, 1);
                    self.change(row as usize * blocks, found, -1);
                }
            }
            if (right, right_before) != (found, found_before) {
                let class = example.tokens[at].class as usize;
                self.change_step(class, right_before, right, 1);
                self.change_step(class, found_before, found, -1);
            }
            (right_before, found_before) = (right, found);
        }
        self.lattice.path = path;
        wrong
    }

    fn change(&mut self, row: usize, tag: usize, by: i32) {
        let (block, lane) = (row + tag / LANES, tag % LANES);
        self.weights[block][lane] += by;
        self.sums[block][lane] += i64::from(by) * self.step;
    }

    fn change_step(&mut self, class: usize, previous: usize, tag: usize, by: i32) {
        let (block, lane) = self.transitions.place(class, previous, tag);
        self.transitions.scores[block][lane] += by;
        self.transition_sums[block][lane] += i64::from(by) * self.step;
    }

    /// The mean of the weights over all steps, scaled so that the greatest token weight is [`MOST`].
    pub(super) fn averaged(&self) -> Tagger {
        // A change made at step s counts in the weights after it: the mean times the steps is w (steps + 1) - sum.
        let mean = |weight: i32, sum: i64| i64::from(weight) * (self.step + 1) - sum;
        let all = || {
            self.weights
                .iter()
                .flatten()
                .zip(self.sums.iter().flatten())
        };
        let greatest = all()
            .map(|(&weight, &sum)| mean(weight, sum).abs())
            .max()
            .unwrap_or(0)
            .max(1);
        let scaled = |value: i64| {
            let wide = i128::from(value) * i128::from(MOST);
            let half = i128::from(greatest) / 2 * i128::from(value.signum());
            i64::try_from((wide + half) / i128::from(greatest)).unwrap_or_default()
        };
        let quantised = |(weights, sums): (&[i32; LANES], &[i64; LANES])| {
            std::array::from_fn(|lane| {
                i16::try_from(scaled(mean(weights[lane], sums[lane]))).unwrap_or(MOST)
            })
        };
        let mut transitions = Transitions::new(self.transitions.tags, CLASSES);
        for class in 0..CLASSES {
            for previous in 0..=self.transitions.tags {
                for tag in 0..self.transitions.tags {
                    let (block, lane) = self.transitions.place(class, previous, tag);
                    if allowed(previous, tag, self.transitions.tags) {
                        let value = scaled(mean(
                            self.transitions.scores[block][lane],
                            self.transition_sums[block][lane],
                        ));
                        // Far above any sum of token weights a transition decides alone.
                        let value = value.clamp(-100_000, 100_000);
                        transitions.scores[block][lane] = i32::try_from(value).unwrap_or_default();
                    }
                }
            }
        }
        Tagger {
            types: self.types.clone(),
            bits: self.bits,
            table: self.weights.iter().zip(&self.sums).map(quantised).collect(),
            transitions,
        }
    }

    /// All token weights as they are.
    #[cfg(test)]
    pub(super) fn weights(&self) -> impl Iterator<Item = i64> {
        self.weights
            .iter()
            .flatten()
            .map(|&weight| i64::from(weight))
    }
}

//! Texts of items that carry none in outcomes.csv: pairs of segments and of documents name two places, and a reader of a gate wants
//! to see what stands there. The outcomes stay small; the texts are looked up in the gold when a change is shown.

use std::collections::HashMap;

use super::evidence::Change;
use crate::label::Gold;
use crate::place::Places;

/// Fills in the texts of changes that have none and whose places are in this gold; others stay as they are.
pub fn fill<'a>(changes: impl IntoIterator<Item = &'a mut Change>, gold: &Gold) {
    let texts = texts(gold);
    let prefix = format!("{}/", gold.dataset);
    for change in changes {
        let Some(item) = change.item.strip_prefix(&prefix) else {
            continue;
        };
        if !change.text.is_empty() {
            continue;
        }
        let places = item.split_once('/').map_or(item, |(_, places)| places);
        // `~` joins a pair, `>` an ordered one; in a large group the second place is `*`.
        let mut parts = places.split(['~', '>']).map(|place| texts.get(place));
        if let Some(Some(first)) = parts.next() {
            (*first).clone_into(&mut change.text);
            if let Some(Some(second)) = parts.next() {
                (*second).clone_into(&mut change.other_text);
            }
        }
    }
}

/// Text of every document and segment by its name inside item ids.
fn texts(gold: &Gold) -> HashMap<String, &str> {
    let places = Places::new(gold);
    let documents = gold.corpus.documents.iter().enumerate();
    let mut texts: HashMap<String, &str> = documents
        .map(|(index, document)| (places.short(index).to_owned(), document.text.as_str()))
        .collect();
    for (index, segment) in gold.segments.iter().flatten().enumerate() {
        let document = gold.corpus.documents.get(segment.document);
        let text = document.and_then(|document| segment.span.text(&document.text));
        texts.insert(places.segment(index), text.unwrap_or_default());
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_gold::{gold, with_segments};

    fn change(item: &str, text: &str) -> Change {
        Change {
            item: item.into(),
            broken: true,
            before: String::new(),
            after: String::new(),
            text: text.into(),
            other_text: String::new(),
            severity: String::new(),
        }
    }

    #[test]
    fn pairs_get_both_texts_and_what_is_unknown_stays_empty() {
        let gold = with_segments(
            gold(&["One. Two.", "Three."]),
            &[(0, 0, 4), (0, 5, 9), (1, 0, 6)],
        );
        let mut changes = [
            change("toy/pair/000:s002~001:s001", ""),
            change("toy/pair/001>000", ""),
            change("toy/pair/000:s001~*", ""),
            change("toy/mention/000:0-3", "One"),
            change("other/pair/000~001", ""),
            change("toy/pair/000:s009~001", ""),
        ];
        fill(&mut changes, &gold);
        let texts: Vec<(&str, &str)> = changes
            .iter()
            .map(|change| (change.text.as_str(), change.other_text.as_str()))
            .collect();
        assert_eq!(
            texts,
            [
                ("Two.", "Three."),
                ("Three.", "One. Two."),
                ("One.", ""),
                ("One", ""),
                ("", ""),
                ("", "")
            ]
        );
    }
}

//! Words that tell what a capitalised word is: titles, head nouns, function words, units of the calendar.
//!
//! Closed classes of English and common nouns of any newspaper, from general knowledge, one file per class in `words/`.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::text::stop::STOP_WORDS;

/// What a word says about the name around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// Stands before the name of a person and is no part of it.
    Title,
    /// Belongs to a title when a title follows (`Defense Secretary`).
    TitleModifier,
    /// Last or first word of an organisation's name.
    Organisation,
    /// Last or first word of the name of a building or site.
    Facility,
    /// Last or first word of the name of a natural place or region.
    Location,
    /// Never a name: function words, months, days, page furniture.
    Stop,
    /// A common noun that opens a name with its possessive (`People's Party`).
    Collective,
}

/// What `word` (lower case, without dots) says.
pub(crate) fn cue(word: &str) -> Option<Cue> {
    CUES.get(word).copied()
}

/// All words with what they say; of a word in two lists the first counts.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, Cue)> {
    let lists = [
        (include_str!("words/titles.txt"), Cue::Title),
        (
            include_str!("words/title-modifiers.txt"),
            Cue::TitleModifier,
        ),
        (include_str!("words/organisations.txt"), Cue::Organisation),
        (include_str!("words/facilities.txt"), Cue::Facility),
        (include_str!("words/locations.txt"), Cue::Location),
        (include_str!("words/collectives.txt"), Cue::Collective),
    ];
    let never = include_str!("words/never-names.txt").lines();
    let never = never
        .chain(STOP_WORDS.iter().copied())
        .map(|word| (word, Cue::Stop));
    never.chain(
        lists
            .into_iter()
            .flat_map(|(list, cue)| list.lines().map(move |word| (word, cue))),
    )
}

static CUES: LazyLock<FxHashMap<&'static str, Cue>> = LazyLock::new(|| {
    let mut cues = FxHashMap::default();
    for (word, cue) in all() {
        cues.entry(word).or_insert(cue);
    }
    cues
});

/// Abbreviations after which a point ends no sentence, and which a name may follow.
pub(crate) fn is_abbreviation(word: &str) -> bool {
    ABBREVIATIONS.binary_search(&word).is_ok()
}

static ABBREVIATIONS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("words/abbreviations.txt").lines().collect());

/// Lower-case words between two capitalised ones of a person's name.
pub(crate) const PARTICLES: &[&str] = &[
    "abu", "al", "bin", "bint", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el",
    "ibn", "la", "le", "ten", "ter", "van", "von", "zu",
];

/// Prepositions after which a name stands for a place.
pub(crate) const PLACE_PREPOSITIONS: &[&str] = &[
    "across", "at", "from", "in", "inside", "into", "near", "outside", "to",
];

/// Verbs that a person's name is the subject of.
pub(crate) const SPEECH: &[&str] = &[
    "added",
    "announced",
    "asked",
    "declared",
    "explained",
    "insisted",
    "noted",
    "replied",
    "said",
    "says",
    "stated",
    "told",
    "tweeted",
    "warned",
    "wrote",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_for_the_search_and_in_small_letters() {
        for list in [&ABBREVIATIONS, PARTICLES, PLACE_PREPOSITIONS, SPEECH] {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{list:?}");
        }
        for (word, _) in all() {
            assert!(!word.is_empty() && word.to_lowercase() == word, "{word}");
        }
        assert_eq!(cue("president"), Some(Cue::Title));
        assert_eq!(cue("the"), Some(Cue::Stop));
        assert_eq!(cue("zebra"), None);
    }
}

//! Shipped lists of countries, nationalities, peoples, regions, cities and given names, looked up by name.
//!
//! Sources and licences stand in `lists/README.md`; `scripts/data/entity-lists` rebuilds the files.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::normalize::lower_eight;

/// What the lists know of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Listed {
    /// A name of the country with this ISO 3166 code.
    Country(&'static str),
    /// The adjective of the country with this ISO 3166 code.
    Nationality(&'static str),
    /// A people, language or religion.
    People,
    /// A continent or region.
    Region,
    /// A city, or a state of the USA.
    City,
}

impl Listed {
    /// The entity type of the annotation guidelines.
    pub const fn entity_type(self) -> &'static str {
        match self {
            Self::Country(_) | Self::City => "GPE",
            Self::Nationality(_) | Self::People => "NORP",
            Self::Region => "LOC",
        }
    }
}

/// Names with their types, as text: `name`, tab, type. What the parameter `list` of `gazetteer` calls `shipped`.
pub fn shipped() -> impl Iterator<Item = (&'static str, &'static str)> {
    rows().map(|(name, listed)| (name, listed.entity_type()))
}

/// All names of countries, nationalities, peoples, regions and cities.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    rows().map(|(name, _)| name)
}

/// All given names.
pub(crate) fn given_names() -> impl Iterator<Item = &'static str> {
    include_str!("lists/given-names.txt").lines()
}

/// What the lists know of `name`. Case is ignored, except that an abbreviation such as `US` must be in capitals; plurals of
/// peoples are found too.
pub fn find(name: &str) -> Option<Listed> {
    let mut key = [0u8; MAX];
    let key = fold(name, &mut key)?;
    let found = NAMES.get(key).or_else(|| {
        let singular = NAMES.get(key.strip_suffix(b"s")?)?;
        matches!(singular.0, Listed::Nationality(_) | Listed::People).then_some(singular)
    });
    let &(listed, capitals) = found?;
    if capitals && name.chars().any(char::is_lowercase) {
        return None;
    }
    Some(listed)
}

/// True for a usual given name, in any case.
pub fn is_given_name(name: &str) -> bool {
    let mut key = [0u8; MAX];
    fold(name, &mut key).is_some_and(|key| GIVEN.contains(key))
}

/// The country from whose name the adjective is made: `America` + `n`, `Sweden` has none (`Swedish`). Code and no list entry.
pub fn country_of_stem(name: &str) -> Option<&'static str> {
    let mut key = [0u8; MAX];
    let length = fold(name, &mut key)?.len();
    for ending in ["n", "an", "ian", "i", "ese"] {
        let mut longer = [0u8; MAX];
        longer[..length].copy_from_slice(key.get(..length)?);
        longer
            .get_mut(length..length + ending.len())?
            .copy_from_slice(ending.as_bytes());
        let adjective = longer.get(..length + ending.len())?;
        if let Some((Listed::Nationality(code), _)) = NAMES.get(adjective) {
            return Some(code);
        }
    }
    None
}

/// Official long names of a country (`Islamic Republic of Iran`), by their part before ` of `: (part, code), folded and sorted.
pub fn long_forms() -> &'static [(String, &'static str)] {
    &LONG_FORMS
}

/// Longest name that is looked up, in bytes.
pub(crate) const MAX: usize = 64;

/// Lower case and plain apostrophes, written into `buffer`; `None` when the name is longer.
pub(crate) fn fold<'a>(name: &str, buffer: &'a mut [u8; MAX]) -> Option<&'a [u8]> {
    if name.is_ascii() {
        return small_ascii(name.as_bytes(), buffer);
    }
    let mut length = 0;
    for c in name.chars().flat_map(char::to_lowercase) {
        let c = if c == '\u{2019}' { '\'' } else { c };
        c.encode_utf8(buffer.get_mut(length..length + c.len_utf8())?);
        length += c.len_utf8();
    }
    buffer.get(..length)
}

/// [`fold`] of ASCII, eight letters at a time; the last eight or four may overlap those before them.
fn small_ascii<'a>(name: &[u8], buffer: &'a mut [u8; MAX]) -> Option<&'a [u8]> {
    let key = buffer.get_mut(..name.len())?;
    for (to, from) in key.as_chunks_mut().0.iter_mut().zip(name.as_chunks().0) {
        *to = lower_eight(u64::from_le_bytes(*from)).to_le_bytes();
    }
    if let (Some(to), Some(from)) = (key.last_chunk_mut(), name.last_chunk()) {
        *to = lower_eight(u64::from_le_bytes(*from)).to_le_bytes();
    } else if let (Some(from), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        // Four to seven letters.
        let eight =
            u64::from(u32::from_le_bytes(*from)) | u64::from(u32::from_le_bytes(*last)) << 32;
        let (first, last) = (lower_eight(eight) as u32, (lower_eight(eight) >> 32) as u32);
        if let Some(to) = key.first_chunk_mut() {
            *to = first.to_le_bytes();
        }
        if let Some(to) = key.last_chunk_mut() {
            *to = last.to_le_bytes();
        }
    } else {
        for (to, from) in key.iter_mut().zip(name) {
            *to = from.to_ascii_lowercase();
        }
    }
    Some(key)
}

/// All rows, those that win over later ones first.
fn rows() -> impl Iterator<Item = (&'static str, Listed)> {
    let pairs = |file: &'static str| file.lines().filter_map(|line| line.split_once('\t'));
    pairs(include_str!("lists/countries.tsv"))
        .map(|(name, code)| (name, Listed::Country(code)))
        .chain(
            pairs(include_str!("lists/nationalities.tsv"))
                .map(|(name, code)| (name, Listed::Nationality(code))),
        )
        .chain(RELIGIONS.iter().map(|&name| (name, Listed::People)))
        .chain(
            include_str!("lists/peoples.txt")
                .lines()
                .map(|name| (name, Listed::People)),
        )
        .chain(
            include_str!("lists/regions.txt")
                .lines()
                .map(|name| (name, Listed::Region)),
        )
        .chain(
            include_str!("lists/cities.txt")
                .lines()
                .map(|name| (name, Listed::City)),
        )
}

/// Religions and peoples without a state that no list above has; from general knowledge.
const RELIGIONS: &[&str] = &[
    "Alawite",
    "Anglican",
    "Arab",
    "Arabian",
    "Assyrian",
    "Baptist",
    "Berber",
    "Bedouin",
    "Buddhist",
    "Catholic",
    "Christian",
    "Copt",
    "Coptic",
    "Druze",
    "Evangelical",
    "Hindu",
    "Houthi",
    "Islamic",
    "Islamist",
    "Jew",
    "Jewish",
    "Kurd",
    "Lutheran",
    "Methodist",
    "Mormon",
    "Muslim",
    "Orthodox",
    "Palestinian",
    "Protestant",
    "Roma",
    "Rohingya",
    "Scottish",
    "Shia",
    "Shi'a",
    "Shiite",
    "Shi'ite",
    "Sikh",
    "Sunni",
    "Taoist",
    "Tuareg",
    "Yazidi",
    "Yezidi",
    "Zoroastrian",
    "African",
    "Asian",
    "European",
];

/// Folded name to what lists it, and whether only capitals may stand for it.
type Names = FxHashMap<Box<[u8]>, (Listed, bool)>;

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = FxHashMap::default();
    for (name, listed) in rows() {
        let capitals = name.len() <= 6 && !name.chars().any(char::is_lowercase);
        let mut key = [0u8; MAX];
        if let Some(key) = fold(name, &mut key) {
            names.entry(key.into()).or_insert((listed, capitals));
        }
    }
    names
});

static GIVEN: LazyLock<FxHashSet<Box<[u8]>>> = LazyLock::new(|| {
    given_names()
        .map(|name| name.to_ascii_lowercase().into_bytes().into())
        .collect()
});

static LONG_FORMS: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let mut forms: Vec<(String, &'static str)> = rows()
        .filter_map(|(name, listed)| match listed {
            Listed::Country(code) => {
                let (part, _) = name.split_once(" of ")?;
                Some((part.to_lowercase(), code))
            }
            _ => None,
        })
        .collect();
    forms.sort();
    forms.dedup();
    forms
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_abbreviations_in_capitals() {
        assert_eq!(find("IRAN"), Some(Listed::Country("IR")));
        assert_eq!(find("U.S."), Some(Listed::Country("US")));
        assert_eq!(find("US"), Some(Listed::Country("US")));
        assert_eq!(find("Us"), None);
        assert_eq!(find("Shi\u{2019}ites"), Some(Listed::People));
        assert_eq!(find("Americans"), Some(Listed::Nationality("US")));
        assert_eq!(find("Baghdad"), Some(Listed::City));
        assert_eq!(find("Qwerty"), None);
        assert_eq!(find(&"x".repeat(1000)), None);
    }

    #[test]
    fn eight_letters_at_a_time_are_letters_one_by_one() {
        let all: String = (0..128u8).map(char::from).collect();
        for start in 0..all.len() {
            for end in start..=all.len() {
                let (mut key, name) = ([0u8; MAX], &all[start..end]);
                let slow = name.to_ascii_lowercase();
                let slow = (name.len() <= MAX).then_some(slow.as_bytes());
                assert_eq!(fold(name, &mut key), slow, "{name:?}");
            }
        }
    }

    #[test]
    fn a_country_can_be_told_from_the_stem_of_its_adjective() {
        assert_eq!(country_of_stem("America"), Some("US"));
        assert_eq!(country_of_stem("Iran"), Some("IR"));
        assert_eq!(country_of_stem("Table"), None);
        assert_eq!(country_of_stem(&"a".repeat(64)), None);
    }

    #[test]
    fn long_forms_come_with_their_country() {
        assert!(long_forms().contains(&("islamic republic".to_owned(), "IR")));
        assert!(is_given_name("WILLIAM") && !is_given_name("Embassy"));
    }
}

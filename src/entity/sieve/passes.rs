//! The passes of `sieve`, each over the distinct names of the corpus.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::entity::capitals::cues::{Cue, cue};
use crate::entity::forms::{Form, Forms, end_is_another};
use crate::entity::likeness::{Name, Room, is_person};
use crate::entity::lists::{self, Listed};
use crate::entity::name::{Unions, is_particle, normal_form};
use crate::entity::phonetic::Phonetic;
use crate::entity::vocabulary::{Parts, Vocabulary};

/// Joins the forms that share a key.
fn by_key<K: std::hash::Hash + Eq>(
    forms: &Forms<'_>,
    unions: &mut Unions,
    key: impl Fn(&Form<'_>) -> Option<K>,
) {
    let mut first: FxHashMap<K, usize> = FxHashMap::default();
    for (index, form) in forms.forms.iter().enumerate() {
        if let Some(key) = key(form) {
            let with = *first.entry(key).or_insert(index);
            unions.join(index, with);
        }
    }
}

/// Articles, possessives and plurals of nationalities aside; hyphens written or not.
pub(super) fn normal_forms(forms: &Forms<'_>, unions: &mut Unions) {
    by_key(forms, unions, |form| {
        let mut normal = form.words().concat();
        if form.entity_type == "NORP"
            && normal.len() > 4
            && normal.ends_with('s')
            && !normal.ends_with("ss")
        {
            normal.pop();
        }
        Some((form.entity_type.to_owned(), normal))
    });
}

/// Code of the country that a name or adjective stands for.
fn country(text: &str) -> Option<&'static str> {
    match lists::find(text) {
        Some(Listed::Country(code) | Listed::Nationality(code)) => Some(code),
        None | Some(Listed::Region) => lists::country_of_stem(text),
        _ => None,
    }
}

/// Names of one country.
pub(super) fn countries(forms: &Forms<'_>, unions: &mut Unions) {
    let own = |form: &Form<'_>| match form.entity_type {
        "GPE" | "NORP" => country(form.text),
        _ => None,
    };
    by_key(forms, unions, |form| {
        Some((form.entity_type.to_owned(), own(form)?))
    });
    // A long form cut short: the country with such a long form that has most mentions; ties by code.
    let mut mentions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    for (index, form) in forms
        .forms
        .iter()
        .enumerate()
        .filter(|(_, form)| form.entity_type == "GPE")
    {
        if let Some(code) = own(form) {
            *mentions.entry(code).or_default() += form.mentions.len();
            first.entry(code).or_insert(index);
        }
    }
    for (index, form) in forms
        .forms
        .iter()
        .enumerate()
        .filter(|(_, form)| form.entity_type == "GPE")
    {
        if own(form).is_some() {
            continue;
        }
        let candidates = lists::long_forms()
            .iter()
            .filter(|(part, _)| *part == form.normal);
        let best = candidates
            .filter_map(|(_, code)| Some((*mentions.get(code)?, std::cmp::Reverse(*code))))
            .max();
        if let Some(&with) = best.and_then(|(_, code)| first.get(code.0)) {
            unions.join(index, with);
        }
    }
}

/// The country in front of a name and the rest of it.
fn led_by_country(form: &Form<'_>) -> Option<(&'static str, String)> {
    let ends = form
        .text
        .char_indices()
        .filter(|&(_, c)| c == ' ')
        .map(|(at, _)| at);
    let (code, at) = ends
        .rev()
        .find_map(|at| Some((country(&form.text[..at])?, at)))?;
    Some((code, normal_form(&form.text[at..])))
}

/// Organisations and buildings with the same country in front, however it is named, and the same rest.
pub(super) fn places(forms: &Forms<'_>, unions: &mut Unions) {
    by_key(forms, unions, |form| {
        matches!(form.entity_type, "ORG" | "FAC").then_some(())?;
        let (code, rest) = led_by_country(form)?;
        Some((form.entity_type.to_owned(), code, rest))
    });
}

/// Equal sound keys. Places only when long: a short one is one letter from its neighbour.
pub(super) fn sounds(forms: &Forms<'_>, unions: &mut Unions) {
    let phonetic = Phonetic::default();
    by_key(forms, unions, |form| {
        if form.entity_type == "GPE" && form.normal.len() < 7 {
            return None;
        }
        Some((form.entity_type.to_owned(), phonetic.name_key(&form.normal)))
    });
}

/// Names cut short, when one group alone fits.
pub(super) fn shortened(forms: &Forms<'_>, unions: &mut Unions) {
    let mut joins: Vec<(usize, usize)> = Vec::new();
    // By type and words left over: the longer names.
    let mut longer: FxHashMap<(&str, String), Vec<usize>> = FxHashMap::default();
    for (index, form) in forms.forms.iter().enumerate() {
        let words = form.words();
        match form.entity_type {
            "ORG" => {
                for end in 1..words.len() {
                    longer
                        .entry(("ORG", sound(&words[..end])))
                        .or_default()
                        .push(index);
                }
                if let Some((_, rest)) =
                    led_by_country(form).filter(|(_, rest)| cue(rest) == Some(Cue::Organisation))
                {
                    longer
                        .entry(("ORG", sound(&[&rest])))
                        .or_default()
                        .push(index);
                }
            }
            "LOC" | "FAC" | "GPE" if words.len() > 1 => {
                let last = words.len() - 1;
                if is_kind_of_place(words[last]) {
                    longer
                        .entry((form.entity_type, sound(&words[..last])))
                        .or_default()
                        .push(index);
                    if form.entity_type == "LOC" && last == 1 {
                        longer
                            .entry(("LOC", sound(&words[last..])))
                            .or_default()
                            .push(index);
                    }
                }
            }
            _ => {}
        }
    }
    for (index, form) in forms.forms.iter().enumerate() {
        let words = form.words();
        let filler = words.iter().all(|word| is_particle(word));
        let Some(candidates) = longer
            .get(&(form.entity_type, sound(&words)))
            .filter(|_| !filler)
        else {
            continue;
        };
        let sets: FxHashSet<usize> = candidates
            .iter()
            .filter(|&&other| other != index)
            .map(|&other| unions.find(other))
            .collect();
        // A common first word (`State`, `National`) tells nothing alone, unless a country is all that it lacks.
        let common = words.len() == 1 && form.entity_type == "ORG" && cue(words[0]).is_some();
        let only_country = candidates
            .iter()
            .all(|&other| led_by_country(&forms.forms[other]).is_some());
        if sets.len() == 1 && (!common || only_country) {
            joins.push((index, candidates[0]));
        }
    }
    for (a, b) in joins {
        unions.join(a, b);
    }
}

fn sound(words: &[&str]) -> String {
    Phonetic::default().name_key(&words.join(" "))
}

fn is_kind_of_place(word: &str) -> bool {
    matches!(cue(word), Some(Cue::Location | Cue::Facility))
        || matches!(word, "city" | "province" | "region" | "district")
}

/// Most names that share an opening and are compared all with all.
const CROWD: usize = 400;

/// Persons and organisations whose words pair up. Names are compared when a word of both begins with the same two letters;
/// openings that more than [`CROWD`] names share are narrowed by the letters that follow.
pub(super) fn alike(forms: &Forms<'_>, threshold: f64, unions: &mut Unions) {
    let mut blocks: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, form) in forms.forms.iter().enumerate() {
        if matches!(form.entity_type, "GPE" | "NORP" | "LOC" | "FAC")
            || form.normal.chars().count() < 5
        {
            continue;
        }
        for word in form.words().into_iter().filter(|word| !is_particle(word)) {
            let end = word.char_indices().nth(2).map_or(word.len(), |(at, _)| at);
            blocks
                .entry((form.entity_type, &word[..end]))
                .or_default()
                .push(index);
        }
    }
    let mut vocabulary = Vocabulary::default();
    let mut prepared: Vec<Option<(Parts, Name)>> = vec![None; forms.forms.len()];
    for &index in blocks.values().flatten() {
        let form = &forms.forms[index];
        prepared[index].get_or_insert_with(|| {
            let parts = vocabulary.parts(&form.normal);
            let person = is_person(form.entity_type);
            (parts, Name::new(&form.normal, person, &mut vocabulary))
        });
    }
    let mut room = Room::default();
    for block in blocks.into_values() {
        narrowed(forms, block, 3, &mut |members| {
            for (at, &a) in members.iter().enumerate() {
                let Some((parts_a, name_a)) = &prepared[a] else {
                    continue;
                };
                let kind = forms.forms[a].entity_type;
                let (person, ends) = (is_person(kind), end_is_another(kind));
                for &b in &members[at + 1..] {
                    // A length that differs by half cannot reach the threshold, but for initials.
                    if let Some((parts_b, name_b)) = &prepared[b]
                        && parts_a.words.len().abs_diff(parts_b.words.len()) <= 1
                        && !vocabulary.contradict(parts_a, parts_b, ends)
                        && unions.find(a) != unions.find(b)
                    {
                        let like = name_a.likeness(name_b, person, &vocabulary, &mut room);
                        if crate::task::rounded(like) >= threshold {
                            unions.join(a, b);
                        }
                    }
                }
            }
        });
    }
}

/// Splits a block by ever longer openings of the whole name until it is no crowd, then hands it on.
fn narrowed(
    forms: &Forms<'_>,
    block: Vec<usize>,
    letters: usize,
    compare: &mut impl FnMut(&[usize]),
) {
    if block.len() <= CROWD || letters > 12 {
        return compare(&block[..block.len().min(CROWD)]);
    }
    let mut parts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for index in block {
        let normal = &forms.forms[index].normal;
        let end = normal
            .char_indices()
            .nth(letters)
            .map_or(normal.len(), |(at, _)| at);
        parts.entry(&normal[..end]).or_default().push(index);
    }
    for part in parts.into_values() {
        narrowed(forms, part, letters + 1, compare);
    }
}

//! Mentions grouped by type and normal form, so that resolvers compare each name once, and what forbids joining two names.

use rustc_hash::FxHashMap;

use crate::entity::MentionInput;
use crate::entity::name::{Unions, is_filler, is_particle, normal_form, sound_key};
use crate::text::similarity::jaro_winkler;

/// A distinct name of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form<'a> {
    /// Entity type of its mentions.
    pub entity_type: &'a str,
    /// Their normal form.
    pub normal: String,
    /// Text of the first mention.
    pub text: &'a str,
    /// Its mentions, in order.
    pub mentions: Vec<u32>,
}

impl Form<'_> {
    /// Words of the normal form.
    pub fn words(&self) -> Vec<&str> {
        words(&self.normal)
    }
}

/// Words of a normal form, without a leading article.
pub fn words(normal: &str) -> Vec<&str> {
    let mut words: Vec<&str> = normal.split(' ').filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words.first() == Some(&"the") {
        words.remove(0);
    }
    words
}

/// All distinct names of some mentions, in order of their first mention.
#[derive(Debug, Clone, Default)]
pub struct Forms<'a> {
    /// The names.
    pub forms: Vec<Form<'a>>,
    /// Index into `forms` by mention.
    pub of: Vec<u32>,
}

impl<'a> Forms<'a> {
    /// Groups mentions.
    pub fn new(mentions: &[MentionInput<'a>]) -> Self {
        let mut forms: Vec<Form<'a>> = Vec::new();
        // Equal texts are the rule: only the first of them is normalised.
        let mut by_text: FxHashMap<(&str, &str), u32> = FxHashMap::default();
        let mut by_form: FxHashMap<(&str, String), u32> = FxHashMap::default();
        let mut of = Vec::with_capacity(mentions.len());
        for (index, mention) in mentions.iter().enumerate() {
            let form = *by_text
                .entry((mention.entity_type, mention.text))
                .or_insert_with(|| {
                    let normal = normal_form(mention.text);
                    *by_form
                        .entry((mention.entity_type, normal.clone()))
                        .or_insert_with(|| {
                            forms.push(Form {
                                entity_type: mention.entity_type,
                                normal,
                                text: mention.text,
                                mentions: Vec::new(),
                            });
                            narrow(forms.len() - 1)
                        })
                });
            of.push(form);
            if let Some(form) = forms.get_mut(form as usize) {
                form.mentions.push(narrow(index));
            }
        }
        Self { forms, of }
    }

    /// Sets of forms, one each.
    pub fn unions(&self) -> Unions {
        Unions::new(self.forms.len())
    }

    /// Cluster by mention from sets of forms.
    pub fn labels(&self, unions: Unions) -> Vec<u32> {
        let labels = unions.labels();
        self.of
            .iter()
            .map(|&form| labels.get(form as usize).copied().unwrap_or(form))
            .collect()
    }

    /// Indices of the forms of each type, types in order.
    pub fn by_type(&self) -> Vec<Vec<usize>> {
        let mut types: std::collections::BTreeMap<&str, Vec<usize>> =
            std::collections::BTreeMap::new();
        for (index, form) in self.forms.iter().enumerate() {
            types.entry(form.entity_type).or_default().push(index);
        }
        types.into_values().collect()
    }

    /// Joins every two names of one type that are similar enough, unless something forbids it; gives the cluster by mention.
    pub fn link(
        &self,
        threshold: f64,
        forbid: bool,
        similarity: impl Fn(&Form<'_>, &Form<'_>) -> f64,
    ) -> Vec<u32> {
        let mut unions = self.unions();
        for group in self.by_type() {
            for (at, &a) in group.iter().enumerate() {
                for &b in &group[at + 1..] {
                    let (left, right) = (&self.forms[a], &self.forms[b]);
                    if crate::task::rounded(similarity(left, right)) >= threshold
                        && !(forbid && contradict(left, right))
                    {
                        unions.join(a, b);
                    }
                }
            }
        }
        self.labels(unions)
    }
}

/// An index as the narrower integer; never above `u32::MAX` in practice, clamped for safety.
pub(crate) fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// True when two names cannot be of one thing: other types, other numbers, a word of its own on both sides, or (for
/// organisations) a name that is the end of the other (`Hezbollah`, `Kataib Hezbollah`).
pub fn contradict(a: &Form<'_>, b: &Form<'_>) -> bool {
    a.entity_type != b.entity_type
        || contradict_words(&a.words(), &b.words(), end_is_another(a.entity_type))
}

/// True for types of names whose end alone names something else.
pub(crate) fn end_is_another(entity_type: &str) -> bool {
    matches!(entity_type, "ORG" | "Company" | "Organization")
}

/// [`contradict`] on the words of two names; `ends` also forbids that one name is the end of the other.
pub fn contradict_words(a: &[&str], b: &[&str], ends: bool) -> bool {
    let numbers = |words: &[&str]| {
        let mut numbers: Vec<String> = words
            .iter()
            .filter(|word| word.chars().any(|c| c.is_numeric()))
            .map(|&word| word.to_owned())
            .collect();
        numbers.sort();
        numbers
    };
    if numbers(a) != numbers(b) {
        return true;
    }
    let own = |left: &[&str], right: &[&str]| {
        left.iter()
            .filter(|word| !is_filler(word))
            .any(|word| !right.iter().any(|other| akin(word, other)))
    };
    let (own_a, own_b) = (own(a, b), own(b, a));
    if own_a && own_b {
        return a.concat() != b.concat();
    }
    ends && a.len() != b.len() && {
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        long.get(..short.len())
            .is_some_and(|start| !start.iter().zip(short).all(|(x, y)| akin(x, y)))
    }
}

/// True when two words may be spellings of one: equal, one the initial of the other, one sound in another spelling, or one slip
/// of the pen in a word of five letters or more.
pub fn akin(a: &str, b: &str) -> bool {
    if a == b || (a.len() == 1 && b.starts_with(a)) || (b.len() == 1 && a.starts_with(b)) {
        return true;
    }
    if is_particle(a) && is_particle(b) {
        return true;
    }
    a.len().min(b.len()) >= 5 && (sound_key(a) == sound_key(b) || jaro_winkler(a, b) >= 0.92)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::testing::{NEGATIVE_CONTROLS, inputs};

    #[test]
    fn negative_controls_contradict() {
        for &(type_a, a, type_b, b) in NEGATIVE_CONTROLS {
            let mentions = inputs(&[(type_a, a), (type_b, b)]);
            let forms = Forms::new(&mentions);
            assert!(contradict(&forms.forms[0], &forms.forms[1]), "{a} / {b}");
        }
    }

    #[test]
    fn spellings_and_shorter_names_do_not_contradict() {
        for (a, b) in [
            ("Kataib Hezbollah", "Kataeb Hezbollah"),
            ("Kataib", "Kataeb-Hezbollah"),
            ("Acme Trust 2", "Acme Trust 2"),
        ] {
            let mentions = inputs(&[("ORG", a), ("ORG", b)]);
            let forms = Forms::new(&mentions);
            assert!(
                forms.forms.len() == 1 || !contradict(&forms.forms[0], &forms.forms[1]),
                "{a} / {b}"
            );
        }
        let numbered = inputs(&[("ORG", "Trust 2004"), ("ORG", "Trust 2005")]);
        let forms = Forms::new(&numbered);
        assert!(contradict(&forms.forms[0], &forms.forms[1]));
    }

    #[test]
    fn forms_keep_types_apart() {
        let mentions = inputs(&[("GPE", "U.S."), ("GPE", "US"), ("ORG", "US")]);
        let forms = Forms::new(&mentions);
        assert_eq!(forms.of, [0, 0, 1]);
        assert_eq!(forms.forms[0].mentions, [0, 1]);
    }
}

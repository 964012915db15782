//! Hunspell dictionaries: words with flags, and the prefix and suffix rules that the flags allow.

use std::path::Path;

use rustc_hash::FxHashMap;

/// A suffix or prefix rule: what it adds, what it takes away first, and the end (or start) that a base must have.
struct Affix {
    flag: String,
    add: String,
    strip: String,
    condition: Vec<(bool, Vec<char>)>,
}

/// Words with their flags, and the affix rules that the flags allow.
pub(super) struct Dictionary {
    words: FxHashMap<String, String>,
    suffixes: Vec<Affix>,
    prefixes: Vec<Affix>,
}

impl Dictionary {
    /// Reads a `.dic` file with its `.aff` file, or a plain list of words.
    ///
    /// # Errors
    /// Which file cannot be read.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let bytes = |path: &Path| {
            std::fs::read(path).map_err(|error| format!("dictionary `{}`: {error}", path.display()))
        };
        // Old dictionaries are Latin-1; each byte is then the character of its number.
        let decode = |bytes: Vec<u8>| match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
        };
        let list = decode(bytes(path)?);
        let rules = if path.extension().is_some_and(|extension| extension == "dic") {
            decode(bytes(&path.with_extension("aff"))?)
        } else {
            String::new()
        };
        Ok(Self::new(&list, &rules))
    }

    /// From the contents of both files.
    pub(super) fn new(list: &str, rules: &str) -> Self {
        let mut dictionary = Self {
            words: FxHashMap::default(),
            suffixes: Vec::new(),
            prefixes: Vec::new(),
        };
        for line in list.lines() {
            let entry = line.split_whitespace().next().unwrap_or("");
            let (word, flags) = entry.split_once('/').unwrap_or((entry, ""));
            if !word.is_empty() {
                dictionary
                    .words
                    .entry(word.to_owned())
                    .or_default()
                    .push_str(flags);
            }
        }
        for line in rules.lines() {
            let parts: Vec<&str> = line.split_whitespace().collect();
            if let [kind @ ("SFX" | "PFX"), flag, strip, add, condition, ..] = parts[..] {
                let none = |part: &str| {
                    if part == "0" {
                        String::new()
                    } else {
                        part.to_owned()
                    }
                };
                let affix = Affix {
                    flag: flag.to_owned(),
                    add: none(add.split('/').next().unwrap_or("")),
                    strip: none(strip),
                    condition: condition_of(condition),
                };
                if kind == "SFX" {
                    dictionary.suffixes.push(affix);
                } else {
                    dictionary.prefixes.push(affix);
                }
            }
        }
        dictionary
    }

    /// True when the word is a form of a listed one.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.form(word, "") || {
            self.prefixes.iter().any(|prefix| {
                word.strip_prefix(prefix.add.as_str())
                    .is_some_and(|rest| self.form(&format!("{}{rest}", prefix.strip), &prefix.flag))
            })
        }
    }

    /// True when the word, or a base that a suffix rule turns into it, is listed with all the flags needed.
    fn form(&self, word: &str, needed: &str) -> bool {
        if self
            .words
            .get(word)
            .is_some_and(|flags| flags.contains(needed))
        {
            return true;
        }
        self.suffixes.iter().any(|suffix| {
            word.strip_suffix(suffix.add.as_str()).is_some_and(|stem| {
                let base = format!("{stem}{}", suffix.strip);
                self.words
                    .get(&base)
                    .is_some_and(|flags| flags.contains(&suffix.flag) && flags.contains(needed))
                    && ends_with(&base, &suffix.condition)
            })
        })
    }
}

/// `[^aeiou]y` as a list of (negated, characters).
fn condition_of(text: &str) -> Vec<(bool, Vec<char>)> {
    let mut found = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '[' {
            let inside: Vec<char> = chars.by_ref().take_while(|c| *c != ']').collect();
            match inside.split_first() {
                Some(('^', rest)) => found.push((true, rest.to_vec())),
                _ => found.push((false, inside)),
            }
        } else if c == '.' {
            found.push((true, Vec::new()));
        } else {
            found.push((false, vec![c]));
        }
    }
    found
}

fn ends_with(base: &str, condition: &[(bool, Vec<char>)]) -> bool {
    let mut chars = base.chars().rev();
    condition
        .iter()
        .rev()
        .all(|(negated, set)| chars.next().is_some_and(|c| set.contains(&c) != *negated))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::garble::oov) const RULES: &str = "SET UTF-8\nSFX S Y 2\nSFX S y ies [^aeiou]y\nSFX S 0 s [^sy]\nSFX D Y 1\nSFX D 0 ed [^ey]\nPFX U Y 1\nPFX U 0 un .\n";
    pub(in crate::garble::oov) const LIST: &str = "5\ncity/S\ndog/S\nlock/DSU\nthe\nParis\n";

    #[test]
    fn affix_rules_give_the_forms() {
        let dictionary = Dictionary::new(LIST, RULES);
        for word in [
            "city", "cities", "dogs", "locked", "unlock", "unlocked", "locks",
        ] {
            assert!(dictionary.knows(word), "{word}");
        }
        for word in ["citys", "doged", "undog", "lockeds", "ies"] {
            assert!(!dictionary.knows(word), "{word}");
        }
    }
}

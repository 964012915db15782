//! What one part of a document tells of another: names left open, headlines, copies in small letters.

use rustc_hash::FxHashMap;

use super::cues::Cue;
use super::reader::{Name, Range, Reader};
use crate::corpus::Span;
use crate::entity::lexicon::key;
use crate::entity::lists::{self, Listed};

impl<'a> Reader<'a> {
    /// Notes what the names found so far tell of others.
    pub(super) fn learn(&mut self) {
        for name in &self.names {
            let Some(text) = name.span.text(self.text) else {
                continue;
            };
            self.known
                .entry(key(text))
                .or_insert((text, name.entity_type));
            if matches!(name.entity_type, "PER" | "ORG") {
                for part in text
                    .split([' ', '-'])
                    .filter(|part| part.len() > 2 && part.starts_with(char::is_uppercase))
                {
                    self.parts.entry(part).or_insert(name.entity_type);
                }
            }
        }
    }

    /// Types what was left open, by the rest of the document.
    pub(super) fn settle(&mut self) {
        let open = std::mem::take(&mut self.open);
        let mut seen: FxHashMap<&str, ()> = FxHashMap::default();
        for (span, opens) in &open {
            if !opens && let Some(text) = span.text(self.text) {
                seen.insert(text, ());
            }
        }
        for (span, opens) in open {
            let Some(text) = span.text(self.text) else {
                continue;
            };
            let words = text.split([' ', '-']).count();
            let told = self
                .known
                .get(&key(text))
                .map(|known| known.1)
                .or_else(|| self.parts.get(text).copied());
            let (entity_type, confidence) = match told {
                Some(told) => (told, 0.7),
                None if opens && !seen.contains_key(text) => continue,
                None if words > 1 && words <= 4 => (self.majority(text).unwrap_or("PER"), 0.5),
                None if words > 1 => ("ORG", 0.4),
                None if self.settings.single_type.is_empty() => continue,
                None => (self.settings.single_type.as_str(), 0.4),
            };
            self.known.entry(key(text)).or_insert((text, entity_type));
            self.names.push(Name {
                span,
                entity_type,
                confidence,
            });
        }
    }

    /// The type that the words of a name have elsewhere.
    fn majority(&self, text: &str) -> Option<&'a str> {
        text.split([' ', '-'])
            .find_map(|part| self.parts.get(part).copied())
    }

    /// Looks into a run of a line in title case or capitals.
    pub(super) fn headline(&mut self, run: Range) {
        let (mut at, last) = run.into_inner();
        while at <= last {
            let known = (at..=last.min(at + 5)).rev().find_map(|until| {
                let text = self.slice(&(at..=until));
                let listed = until - at < usize::from(self.entries[at].opens);
                let told = listed.then(|| lists::find(text)).flatten();
                let told = told.map(Listed::entity_type);
                Some((
                    until,
                    told.or_else(|| self.known.get(&key(text)).map(|known| known.1))?,
                ))
            });
            let Some((until, entity_type)) = known.filter(|_| self.cue(at) != Some(Cue::Stop))
            else {
                let part = self.parts.get(self.slice(&(at..=at))).copied();
                if let Some(entity_type) = part.filter(|_| self.cue(at).is_none()) {
                    self.push(&(at..=at), entity_type, 0.6);
                }
                at += 1;
                continue;
            };
            let facility =
                until < last && entity_type == "GPE" && self.cue(until + 1) == Some(Cue::Facility);
            if facility {
                self.push(&(at..=until + 1), "FAC", 0.8);
            }
            if !facility || self.settings.inner {
                self.push(&(at..=until), entity_type, 0.8);
            }
            at = until + 1 + usize::from(facility);
        }
    }

    /// Finds names of several words again where they stand in small letters.
    pub(super) fn small_letters(&mut self) {
        let names = self.known.values();
        let mut keys: Vec<(String, &'a str)> = names
            .filter(|(name, kind)| *kind != "PER" && name.contains(' '))
            .map(|(name, kind)| (name.to_lowercase(), *kind))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let mut found = Vec::new();
        for (key, entity_type) in keys {
            for start in memchr::memmem::find_iter(self.text.as_bytes(), key.as_bytes()) {
                let span = Span::new(start, start + key.len());
                let touches = self.text[..start].ends_with(char::is_alphanumeric)
                    || self.text[span.end..].starts_with(char::is_alphanumeric);
                if !touches {
                    found.push(Name {
                        span,
                        entity_type,
                        confidence: 0.6,
                    });
                }
            }
        }
        self.names.extend(found);
    }
}

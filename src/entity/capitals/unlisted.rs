//! Names that no list knows, typed by head noun, title, bracket, given name, and the words around them.

use super::cues::{Cue, PLACE_PREPOSITIONS, SPEECH};
use super::reader::{Range, Reader};
use crate::corpus::Span;
use crate::entity::lists::Listed;

impl<'a> Reader<'a> {
    /// Types a segment that no list knows.
    pub(super) fn unlisted(&mut self, range: Range, titled: bool) {
        let (at, mut end) = range.into_inner();
        let of = (at..end).find(|&word| self.hangs(word));
        let head = head_type(self.cue(end))
            .or_else(|| of.and_then(|_| (at..=end).find_map(|word| head_type(self.cue(word)))))
            .or_else(|| (self.cue(at) == Some(Cue::Location) && end > at).then_some("LOC"));
        if head.is_none() && at < end && !titled {
            // State Department Morgan Ortagus: what follows the head noun is another name.
            if let Some(inner) = (at + 1..end).find(|&word| head_type(self.cue(word)).is_some()) {
                self.unlisted(at..=inner, false);
                self.unlisted(inner + 1..=end, false);
                return;
            }
        }
        let range = at..=end;
        let span = self.span(&range);
        let word = self.words[at];
        if let Some(kind) = head.filter(|_| !titled || of.is_some()) {
            if at < end {
                self.push(&range, kind, 0.85);
                self.inner_places(&range);
            } else if !word.opens && STANDALONE.contains(&self.slice(&range)) {
                self.push(&range, kind, 0.6);
            }
            return;
        }
        // A last word that is only a capitalised modifier: Iraqi Security forces.
        while end > at && self.cue(end) == Some(Cue::TitleModifier) {
            end -= 1;
        }
        if matches!(
            self.cue(at),
            Some(Cue::TitleModifier | Cue::Collective | Cue::Location)
        ) && at == end
        {
            return;
        }
        let words = end - at + 1;
        let before = || {
            let text = self.text[..span.start].trim_end_matches(' ');
            text.rsplit([' ', '\n']).next().unwrap_or_default()
        };
        let after = || {
            let text = self.text[span.end..].trim_start_matches([' ', ',']);
            text.split([' ', '\n', '.', ',']).next().unwrap_or_default()
        };
        let particle = (at..end).any(|word| self.gap(word).len() > 1);
        if titled {
            self.push(&range, "PER", 0.9);
        } else if words == 1 && word.capitals && span.len() <= 6 {
            let kind = self.bracketed(span).unwrap_or("ORG");
            self.push(&range, kind, 0.8);
        } else if words > 1 && words <= 5 && (self.entries[at].given || particle) {
            self.push(&range, "PER", 0.8);
        } else if words <= 4 && SPEECH.binary_search(&after()).is_ok() {
            if words > 1 || !word.opens {
                self.push(&range, "PER", 0.7);
            }
        } else if words == 1 && !word.opens && PLACE_PREPOSITIONS.binary_search(&before()).is_ok() {
            self.push(&range, "GPE", 0.6);
        } else {
            self.open.push((span, word.opens && words == 1));
        }
    }

    /// Countries and nationalities after `of` and at the end of a longer name.
    pub(super) fn inner_places(&mut self, range: &Range) {
        if !self.settings.inner {
            return;
        }
        for word in *range.start() + 1..=*range.end() {
            if let Some((_, listed @ (Listed::Country(_) | Listed::Nationality(_)))) =
                self.listed(word, word)
            {
                self.push(&(word..=word), listed.entity_type(), 0.7);
            }
        }
    }

    /// Type of the name before the bracket in which an acronym stands, when its capitals spell the acronym.
    fn bracketed(&self, span: Span) -> Option<&'a str> {
        let before = self.text[..span.start].strip_suffix('(')?.trim_end();
        let name = self
            .names
            .iter()
            .rev()
            .take(3)
            .find(|name| name.span.end == before.len())?;
        let initials = name
            .span
            .text(self.text)?
            .split([' ', '-'])
            .filter_map(|word| word.chars().next())
            .filter(|c| c.is_uppercase());
        initials
            .eq(span.text(self.text)?.chars())
            .then_some(name.entity_type)
    }
}

/// Head nouns that name an organisation or region without any other word.
const STANDALONE: &[&str] = &[
    "Army",
    "Congress",
    "Cabinet",
    "Gulf",
    "Marines",
    "Navy",
    "Parliament",
    "Senate",
    "Treasury",
    "West",
];

/// Type that a head noun tells.
pub(super) fn head_type(cue: Option<Cue>) -> Option<&'static str> {
    match cue? {
        Cue::Organisation => Some("ORG"),
        Cue::Facility => Some("FAC"),
        Cue::Location => Some("LOC"),
        _ => None,
    }
}

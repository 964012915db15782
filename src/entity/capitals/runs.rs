//! Which capitalised words stand together: runs, and where titles and function words cut them.

use super::cues::{Cue, PARTICLES, is_abbreviation};
use super::reader::Reader;
use super::scan::Word;
use crate::entity::lists;

impl<'a> Reader<'a> {
    /// Last word of the run that begins with word `first`.
    pub(super) fn run(&self, first: usize) -> usize {
        let mut last = first;
        let mut headed = false;
        while let (Some(word), Some(next)) = (self.words.get(last), self.words.get(last + 1)) {
            // Guards of the embassy: a plural that opens the sentence is a common noun.
            let plural = word.opens && self.text[..word.end as usize].ends_with('s');
            headed |= !plural
                && matches!(
                    self.cue(last),
                    Some(Cue::Organisation | Cue::Facility | Cue::Location)
                );
            if word.line != next.line
                || (word.possessive && self.cue(last) != Some(Cue::Collective))
            {
                break;
            }
            let gap = &self.text[word.end as usize..next.start as usize];
            if !self.joins(word, last, next, gap, headed) {
                break;
            }
            last += 1;
        }
        last
    }

    fn joins(&self, word: &Word, at: usize, next: &Word, gap: &str, headed: bool) -> bool {
        match gap {
            " " | "-" | " & " | "\u{a0}" => true,
            "'s " | "\u{2019}s " | "' " | "\u{2019} " => self.cue(at) == Some(Cue::Collective),
            ". " => {
                let before = &self.text[word.start as usize..word.end as usize];
                let initial = before.len() == 1 && !word.opens;
                initial || (before.len() <= 5 && is_abbreviation(&before.to_ascii_lowercase()))
            }
            " of " | " of the " | " for " | " for the " => {
                headed
                    || lists::find(&self.text[word.start as usize..next.end as usize]).is_some()
                    || (at > 0 && gap == " of " && self.is_long_form(at, next))
            }
            _ => {
                gap.len() <= 6
                    && gap.starts_with(' ')
                    && gap.ends_with([' ', '-'])
                    && PARTICLES
                        .binary_search(&gap.trim_matches([' ', '-']))
                        .is_ok()
            }
        }
    }

    /// `Islamic Republic` + ` of ` + `Iran`.
    fn is_long_form(&self, at: usize, next: &Word) -> bool {
        let start = self.words[at - 1].start as usize;
        lists::find(&self.text[start..next.end as usize]).is_some()
    }

    /// Where a title that begins at `at` ends, if one does and no head noun makes it part of a name.
    pub(super) fn title(&self, at: usize, last: usize) -> Option<usize> {
        let mut here = at;
        while here < last && matches!(self.cue(here), Some(Cue::TitleModifier)) {
            here += 1;
        }
        if self.cue(here) != Some(Cue::Title) {
            return None;
        }
        // General Assembly, Justice Department.
        if here < last
            && self.cue(here + 1) == Some(Cue::Organisation)
            && !self.gap(here).contains("of")
        {
            return None;
        }
        let of = here < last && self.gap(here).contains(" of ");
        here += 1;
        // Secretary of State: the office is no name.
        if of && self.listed(here, here).is_none() {
            here += 1;
        }
        Some(here)
    }

    /// Last word before the next title or function word.
    pub(super) fn segment_end(&self, at: usize, last: usize) -> usize {
        let mut end = at;
        while end < last
            && self.cue(end + 1) != Some(Cue::Stop)
            && self.title(end + 1, last).is_none()
        {
            end += 1;
        }
        end
    }
}

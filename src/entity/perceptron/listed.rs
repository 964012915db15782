//! What the word lists know of tokens, as numbers.

use super::tokens::Token;
use crate::entity::capitals::cues::Cue;
use crate::entity::lists::{self, Listed};

/// Number of a cue; 0 is none.
pub(super) const fn number(cue: Cue) -> u8 {
    match cue {
        Cue::Title => 1,
        Cue::TitleModifier => 2,
        Cue::Organisation => 3,
        Cue::Facility => 4,
        Cue::Location => 5,
        Cue::Stop => 6,
        Cue::Collective => 7,
    }
}

/// Marks a count of words in `listed` until the names are looked up.
pub(super) const OPENS: u8 = 0x80;

/// Looks up listed names, the longest first, and marks their tokens.
pub(super) fn list(text: &str, tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].listed & OPENS == 0 {
            at += 1;
            continue;
        }
        // Marks between the words are tokens of their own.
        let most = 2 * usize::from(tokens[at].listed & !OPENS) - 1;
        let start = tokens[at].start as usize;
        let found = (at..tokens.len().min(at + most)).rev().find_map(|last| {
            let kind = lists::find(text.get(start..tokens[last].end as usize)?)?;
            Some((last, kind))
        });
        let Some((last, kind)) = found else {
            tokens[at].listed = 0;
            at += 1;
            continue;
        };
        let kind = match kind {
            Listed::Country(_) => 1,
            Listed::Nationality(_) => 2,
            Listed::People => 3,
            Listed::Region => 4,
            Listed::City => 5,
        };
        for (place, token) in tokens[at..=last].iter_mut().enumerate() {
            token.listed = 2 * kind + u8::from(place > 0);
        }
        at = last + 1;
    }
}

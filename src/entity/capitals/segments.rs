//! Runs of the body cut into names: titles open persons, listed names stand or open longer ones.

use super::cues::Cue;
use super::reader::{Name, Range, Reader};
use super::unlisted::head_type;
use crate::entity::lists::Listed;

impl<'a> Reader<'a> {
    /// Cuts a run of the body into names.
    pub(super) fn segments(&mut self, run: Range) {
        let (mut at, last) = run.into_inner();
        let mut titled = false;
        while at <= last {
            if let Some(after) = self.title(at, last) {
                titled = true;
                at = after;
                continue;
            }
            match self.cue(at) {
                Some(Cue::Stop) => {
                    titled = false;
                    at += 1;
                    continue;
                }
                // Prime and Defence before a title are gone by now.
                Some(Cue::Title) => {
                    titled = true;
                    at += 1;
                    continue;
                }
                _ => {}
            }
            let end = self.segment_end(at, last);
            if let Some((until, listed)) = self.listed(at, end) {
                at = self.take_listed(at, until, end, listed, titled);
                titled = false;
                continue;
            }
            // A word that only opens the sentence, before a listed name: Pro Iranian, Senior Iraqi officers.
            if self.words[at].opens
                && at < end
                && self.cue(at).is_none_or(|cue| cue == Cue::TitleModifier)
                && self.listed(at + 1, end).is_some()
                && !self.entries[at].given
            {
                at += 1;
                continue;
            }
            let stop = self.cut_before_listed(at, end);
            self.unlisted(at..=stop, titled);
            titled = false;
            at = stop + 1;
        }
    }

    /// Emits a listed name, or the longer name that it opens; gives the next word to look at.
    fn take_listed(
        &mut self,
        at: usize,
        until: usize,
        end: usize,
        listed: Listed,
        titled: bool,
    ) -> usize {
        let place = listed.entity_type();
        let single = at == until;
        // Sydney Brown, Jordan Peele: a person named like a place.
        if end > until
            && (titled
                || (single
                    && matches!(listed, Listed::City | Listed::Country(_))
                    && self.entries[at].given))
            && self.cue(end).is_none()
            && self.listed(until + 1, end).is_none()
        {
            self.push(&(at..=end), "PER", 0.8);
            return end + 1;
        }
        // Iraqi Army, Baghdad Airport, New York Times: the head noun nearest to the listed name.
        let head = (until + 1..=end).find(|&word| head_type(self.cue(word)).is_some());
        if let Some(head) =
            head.filter(|&head| head == until + 1 || self.listed(until + 1, head).is_none())
        {
            let last = self.tail(head, end);
            self.push(
                &(at..=last),
                head_type(self.cue(head)).unwrap_or("ORG"),
                0.85,
            );
            if self.settings.inner && !matches!(listed, Listed::People | Listed::Region) {
                self.push(&(at..=until), place, 0.85);
            }
            return last + 1;
        }
        if place == "GPE" && end == until {
            let rest = &self.text[self.words[until].end as usize..];
            let noun = rest
                .strip_prefix(' ')
                .filter(|rest| !self.words[until].possessive && !rest.is_empty());
            for head in ["embassy", "consulate", "airport"] {
                if noun
                    .and_then(|noun| noun.strip_prefix(head))
                    .is_some_and(|after| !after.starts_with(char::is_alphanumeric))
                {
                    let mut span = self.span(&(at..=until));
                    span.end += 1 + head.len();
                    self.names.push(Name {
                        span,
                        entity_type: "FAC",
                        confidence: 0.85,
                    });
                    if !self.settings.inner {
                        return until + 1;
                    }
                }
            }
        }
        self.push(&(at..=until), place, 0.95);
        until + 1
    }

    /// Last word of a name whose head noun is word `head`: what `of` and `for` hang on belongs to it.
    fn tail(&self, head: usize, end: usize) -> usize {
        let mut last = head;
        while last < end
            && (head_type(self.cue(last + 1)).is_some()
                || self.gap(last).len() > 1
                || self.gap(last) == "-")
        {
            last += 1;
        }
        last
    }

    /// Last word before a listed nationality or country inside an unlisted segment.
    fn cut_before_listed(&self, at: usize, end: usize) -> usize {
        let headed = head_type(self.cue(end)).is_some() || (at..end).any(|word| self.hangs(word));
        if headed {
            return end;
        }
        (at + 1..=end)
            .find(|&word| {
                matches!(
                    self.listed(word, word),
                    Some((_, Listed::Country(_) | Listed::Nationality(_)))
                )
            })
            .map_or(end, |word| word - 1)
    }
}

//! From capitalised words to typed names: runs, segments, and what the document tells elsewhere.

use rustc_hash::FxHashMap;

use super::Capitals;
use super::cues::{Cue, PARTICLES, PLACE_PREPOSITIONS, SPEECH, cue, is_abbreviation};
use super::scan::{Line, Word, scan};
use crate::corpus::Span;
use crate::entity::lists::{self, Listed};

/// A name found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name<'a> {
    pub(super) span: Span,
    pub(super) entity_type: &'a str,
    pub(super) confidence: f64,
}

/// Reads one document.
pub(super) struct Reader<'a> {
    settings: &'a Capitals,
    text: &'a str,
    words: Vec<Word>,
    cues: Vec<Option<Cue>>,
    lines: Vec<Line>,
    names: Vec<Name<'a>>,
    /// Names of one or more words that nothing has told the type of: (span, opens a sentence).
    open: Vec<(Span, bool)>,
    /// What the body tells, in small letters: type by whole name.
    known: FxHashMap<String, &'a str>,
    /// Type by word of a name.
    parts: FxHashMap<&'a str, &'a str>,
}

/// Words `first..=last` of a run.
type Range = std::ops::RangeInclusive<usize>;

impl<'a> Reader<'a> {
    pub(super) fn new(settings: &'a Capitals, text: &'a str) -> Self {
        let (mut words, mut lines) = (Vec::new(), Vec::new());
        scan(text, &mut words, &mut lines);
        let mut small = String::new();
        let cues = words
            .iter()
            .map(|word| {
                small.clear();
                small.push_str(&text[word.start as usize..word.end as usize]);
                small.make_ascii_lowercase();
                cue(&small).filter(|_| {
                    !word.capitals
                        || word.end - word.start > 3
                        || lines[word.line as usize].is_shouted()
                })
            })
            .collect();
        Self {
            settings,
            text,
            words,
            cues,
            lines,
            names: Vec::new(),
            open: Vec::new(),
            known: FxHashMap::default(),
            parts: FxHashMap::default(),
        }
    }

    /// All names, in no order.
    pub(super) fn read(mut self) -> Vec<Name<'a>> {
        let mut headlines = Vec::new();
        let mut first = 0;
        while first < self.words.len() {
            let last = self.run(first);
            let line = self.lines[self.words[first].line as usize];
            if line.is_title_case() || line.is_shouted() {
                headlines.push(first..=last);
            } else {
                self.segments(first..=last);
            }
            first = last + 1;
        }
        self.learn();
        self.settle();
        if self.settings.headlines {
            for run in headlines {
                self.headline(run);
            }
        }
        if self.settings.lowercase {
            self.small_letters();
        }
        self.names
    }

    fn slice(&self, range: &Range) -> &'a str {
        &self.text[self.words[*range.start()].start as usize..self.words[*range.end()].end as usize]
    }

    fn span(&self, range: &Range) -> Span {
        Span::new(
            self.words[*range.start()].start as usize,
            self.words[*range.end()].end as usize,
        )
    }

    /// Last word of the run that begins with word `first`.
    fn run(&self, first: usize) -> usize {
        let mut last = first;
        let mut headed = false;
        while let (Some(word), Some(next)) = (self.words.get(last), self.words.get(last + 1)) {
            // Guards of the embassy: a plural that opens the sentence is a common noun.
            let plural = word.opens && self.text[..word.end as usize].ends_with('s');
            headed |= !plural
                && matches!(
                    self.cues[last],
                    Some(Cue::Organisation | Cue::Facility | Cue::Location)
                );
            if word.line != next.line
                || (word.possessive && self.cues[last] != Some(Cue::Collective))
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
            "'s " | "\u{2019}s " | "' " | "\u{2019} " => self.cues[at] == Some(Cue::Collective),
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
                let inner = gap.trim_matches([' ', '-']);
                gap.len() <= 6
                    && gap.starts_with(' ')
                    && gap.ends_with([' ', '-'])
                    && PARTICLES.binary_search(&inner).is_ok()
            }
        }
    }

    /// `Islamic Republic` + ` of ` + `Iran`.
    fn is_long_form(&self, at: usize, next: &Word) -> bool {
        let start = self.words[at - 1].start as usize;
        lists::find(&self.text[start..next.end as usize]).is_some()
    }

    /// Cuts a run of the body into names.
    fn segments(&mut self, run: Range) {
        let (mut at, last) = run.into_inner();
        let mut titled = false;
        while at <= last {
            if let Some(after) = self.title(at, last) {
                titled = true;
                at = after;
                continue;
            }
            match self.cues[at] {
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
                && self.cues[at].is_none_or(|cue| cue == Cue::TitleModifier)
                && self.listed(at + 1, end).is_some()
                && !lists::is_given_name(self.slice(&(at..=at)))
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

    /// Where a title that begins at `at` ends, if one does and no head noun makes it part of a name.
    fn title(&self, at: usize, last: usize) -> Option<usize> {
        let mut here = at;
        while here < last && matches!(self.cues[here], Some(Cue::TitleModifier)) {
            here += 1;
        }
        if self.cues[here] != Some(Cue::Title) {
            return None;
        }
        // General Assembly, Justice Department.
        if here < last
            && self.cues[here + 1] == Some(Cue::Organisation)
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

    /// Text between word `at` and the next.
    fn gap(&self, at: usize) -> &'a str {
        self.words.get(at + 1).map_or("", |next| {
            &self.text[self.words[at].end as usize..next.start as usize]
        })
    }

    /// Last word before the next title or function word.
    fn segment_end(&self, at: usize, last: usize) -> usize {
        let mut end = at;
        while end < last
            && self.cues[end + 1] != Some(Cue::Stop)
            && self.title(end + 1, last).is_none()
        {
            end += 1;
        }
        end
    }

    /// The longest listed name that begins at `at`: its last word.
    fn listed(&self, at: usize, end: usize) -> Option<(usize, Listed)> {
        (at..=end.min(at + 5))
            .rev()
            .find_map(|until| Some((until, lists::find(self.slice(&(at..=until)))?)))
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
                    && lists::is_given_name(self.slice(&(at..=at)))))
            && self.cues[end].is_none()
            && self.listed(until + 1, end).is_none()
        {
            self.push(&(at..=end), "PER", 0.8);
            return end + 1;
        }
        // Iraqi Army, Baghdad Airport, New York Times: the head noun nearest to the listed name.
        let head = (until + 1..=end).find(|&word| head_type(self.cues[word]).is_some());
        if let Some(head) =
            head.filter(|&head| head == until + 1 || self.listed(until + 1, head).is_none())
        {
            let last = self.tail(head, end);
            self.push(
                &(at..=last),
                head_type(self.cues[head]).unwrap_or("ORG"),
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
            && (head_type(self.cues[last + 1]).is_some()
                || self.gap(last).len() > 1
                || self.gap(last) == "-")
        {
            last += 1;
        }
        last
    }

    /// Last word before a listed nationality or country inside an unlisted segment.
    fn cut_before_listed(&self, at: usize, end: usize) -> usize {
        let headed = head_type(self.cues[end]).is_some()
            || (at..end)
                .any(|word| self.gap(word).contains(" of ") || self.gap(word).contains(" for "));
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

    /// Types a segment that no list knows.
    fn unlisted(&mut self, range: Range, titled: bool) {
        let (at, mut end) = range.into_inner();
        let of = (at..end)
            .find(|&word| self.gap(word).contains(" of ") || self.gap(word).contains(" for "));
        let head = head_type(self.cues[end])
            .or_else(|| of.and_then(|_| (at..=end).find_map(|word| head_type(self.cues[word]))))
            .or_else(|| (self.cues[at] == Some(Cue::Location) && end > at).then_some("LOC"));
        if head.is_none() && at < end && !titled {
            // State Department Morgan Ortagus: what follows the head noun is another name.
            if let Some(inner) = (at + 1..end).find(|&word| head_type(self.cues[word]).is_some()) {
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
        while end > at && self.cues[end] == Some(Cue::TitleModifier) {
            end -= 1;
        }
        if matches!(
            self.cues[at],
            Some(Cue::TitleModifier | Cue::Collective | Cue::Location)
        ) && at == end
        {
            return;
        }
        let words = end - at + 1;
        let before = self.text[..span.start]
            .trim_end_matches(' ')
            .rsplit([' ', '\n'])
            .next()
            .unwrap_or_default();
        let after = self.text[span.end..]
            .trim_start_matches([' ', ','])
            .split([' ', '\n', '.', ','])
            .next()
            .unwrap_or_default();
        let particle = (at..end).any(|word| self.gap(word).len() > 1);
        if titled {
            self.push(&range, "PER", 0.9);
        } else if words == 1 && word.capitals && span.len() <= 6 {
            let kind = self.bracketed(span).unwrap_or("ORG");
            self.push(&range, kind, 0.8);
        } else if words > 1
            && words <= 5
            && (lists::is_given_name(self.slice(&(at..=at))) || particle)
        {
            self.push(&range, "PER", 0.8);
        } else if SPEECH.binary_search(&after).is_ok() && words <= 4 {
            if words > 1 || !word.opens {
                self.push(&range, "PER", 0.7);
            }
        } else if words == 1 && !word.opens && PLACE_PREPOSITIONS.binary_search(&before).is_ok() {
            self.push(&range, "GPE", 0.6);
        } else {
            self.open.push((span, word.opens && words == 1));
        }
    }

    /// Countries and nationalities after `of` and at the end of a longer name.
    fn inner_places(&mut self, range: &Range) {
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

    fn push(&mut self, range: &Range, entity_type: &'a str, confidence: f64) {
        let span = self.span(range);
        self.names.push(Name {
            span,
            entity_type,
            confidence,
        });
    }

    /// Notes what the names found so far tell of others.
    fn learn(&mut self) {
        for name in &self.names {
            let Some(text) = name.span.text(self.text) else {
                continue;
            };
            self.known
                .entry(text.to_lowercase())
                .or_insert(name.entity_type);
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
    fn settle(&mut self) {
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
                .get(&text.to_lowercase())
                .or_else(|| self.parts.get(text))
                .copied();
            let (entity_type, confidence) = match told {
                Some(told) => (told, 0.7),
                None if opens && !seen.contains_key(text) => continue,
                None if words > 1 && words <= 4 => (self.majority(text).unwrap_or("PER"), 0.5),
                None if words > 1 => ("ORG", 0.4),
                None if self.settings.single_type.is_empty() => continue,
                None => (self.settings.single_type.as_str(), 0.4),
            };
            self.known.entry(text.to_lowercase()).or_insert(entity_type);
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
    fn headline(&mut self, run: Range) {
        let (mut at, last) = run.into_inner();
        while at <= last {
            let known = (at..=last.min(at + 5)).rev().find_map(|until| {
                let text = self.slice(&(at..=until));
                let told = lists::find(text).map(Listed::entity_type);
                Some((
                    until,
                    told.or_else(|| self.known.get(&text.to_lowercase()).copied())?,
                ))
            });
            let Some((until, entity_type)) = known.filter(|_| self.cues[at] != Some(Cue::Stop))
            else {
                let part = self.parts.get(self.slice(&(at..=at))).copied();
                if let Some(entity_type) = part.filter(|_| self.cues[at].is_none()) {
                    self.push(&(at..=at), entity_type, 0.6);
                }
                at += 1;
                continue;
            };
            let facility =
                until < last && entity_type == "GPE" && self.cues[until + 1] == Some(Cue::Facility);
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
    fn small_letters(&mut self) {
        let mut keys: Vec<(&String, &&str)> = self
            .known
            .iter()
            .filter(|(key, kind)| key.contains(' ') && **kind != "PER")
            .collect();
        keys.sort_unstable();
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
fn head_type(cue: Option<Cue>) -> Option<&'static str> {
    match cue? {
        Cue::Organisation => Some("ORG"),
        Cue::Facility => Some("FAC"),
        Cue::Location => Some("LOC"),
        _ => None,
    }
}

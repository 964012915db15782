//! Stems: what is left of an English word when its inflection is taken off.
//!
//! Regular endings go by rule, irregular forms by list, so that `said` beside `say` or `planned` beside `plan` is no other word.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The stem of a word in lower case.
pub(super) fn stem(word: &str) -> &str {
    // `shots` goes with `shot`, wherever the list sends that.
    let listed = |word: &str| IRREGULAR.get(word).copied();
    let base = listed(word).or_else(|| listed(word.strip_suffix('s')?));
    single_end(without_ending(base.unwrap_or(word)))
}

/// The word without the commonest English endings; at least three letters stay.
fn without_ending(word: &str) -> &str {
    const ENDINGS: &[&str] = &[
        "izations", "ization", "isation", "ingly", "edly", "ations", "ation", "ments", "ment",
        "ings", "ing", "ers", "ies", "ied", "ion", "ions", "ely", "es", "ed", "er", "ly", "al",
        "s", "e", "y",
    ];
    ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|base| base.chars().count() >= 3)
        .unwrap_or(word)
}

/// `planned` and `plan`: one of the two consonants that an ending has doubled.
fn single_end(word: &str) -> &str {
    match word.as_bytes() {
        [_, .., before, last]
            if before == last
                && matches!(last, b'b' | b'd' | b'g' | b'm' | b'n' | b'p' | b'r' | b't') =>
        {
            &word[..word.len() - 1]
        }
        _ => word,
    }
}

/// The base of each irregular form.
static IRREGULAR: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
    let lines = FORMS.lines().map(str::split_ascii_whitespace);
    lines
        .filter_map(|mut forms| {
            let base = forms.next()?;
            Some(forms.map(move |form| (form, base)))
        })
        .flatten()
        .collect()
});

/// A base and its irregular forms on a line: the common verbs, nouns and adjectives of English grammars. Left out are forms that are another word
/// as often (`bore`, `ground`, `lay`, `lives`, `wound`) and those that are like their base.
const FORMS: &str = "\
be am is are was were been being
have has had having
do does did done doing
arise arose arisen
awake awoke awoken
bear borne
beat beaten
become became
begin began begun
bend bent
bind bound
bite bit bitten
bleed bled
blow blew blown
break broke broken
breed bred
bring brought
build built
burn burnt
buy bought
catch caught
choose chose chosen
cling clung
come came
creep crept
deal dealt
dig dug
draw drew drawn
dream dreamt
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought
find found
flee fled
fling flung
fly flew flown
forbid forbade forbidden
foresee foresaw foreseen
forget forgot forgotten
forgive forgave forgiven
freeze froze frozen
get got gotten
give gave given
go goes went gone
grow grew grown
hang hung
hear heard
hide hid hidden
hold held
keep kept
kneel knelt
know knew known
lead led
lean leant
leap leapt
learn learnt
leave left
lend lent
lie lain lying
light lit
lose lost
make made
mean meant
meet met
mislead misled
mistake mistook mistaken
misunderstand misunderstood
overcome overcame
oversee oversaw overseen
overtake overtook overtaken
overthrow overthrew overthrown
pay paid
prove proven
rebuild rebuilt
ride rode ridden
ring rang rung
rise rose risen
run ran
say said
see saw seen
seek sought
sell sold
send sent
shake shook shaken
shine shone
shoot shot
show shown
shrink shrank shrunk
sing sang sung
sink sank sunk
sit sat
sleep slept
slide slid
speak spoke spoken
speed sped
spell spelt
spend spent
spill spilt
spin spun
spit spat
spoil spoilt
spring sprang sprung
stand stood
steal stole stolen
stick stuck
sting stung
stride strode
strike struck stricken
strive strove striven
swear swore sworn
sweep swept
swell swollen
swim swam swum
swing swung
take took taken
teach taught
tear tore torn
tell told
think thought
throw threw thrown
tread trod trodden
understand understood
undertake undertook undertaken
undo undid undone
uphold upheld
wake woke woken
wear wore worn
weave wove woven
weep wept
win won
withdraw withdrew withdrawn
withhold withheld
withstand withstood
write wrote written
bad worse worst
far farther farthest further furthest
good better best
child children
criterion criteria
crisis crises
analysis analyses
foot feet
goose geese
half halves
knife knives
man men
mouse mice
ox oxen
person people
phenomenon phenomena
policeman policemen
self selves
spokesman spokesmen
thief thieves
tooth teeth
wife wives
wolf wolves
woman women";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflected_forms_share_a_stem_and_others_do_not() {
        for (a, b) in [
            ("say", "said"),
            ("go", "went"),
            ("walk", "walked"),
            ("plan", "planned"),
            ("stop", "stopping"),
            ("add", "added"),
            ("city", "cities"),
            ("man", "men"),
            ("was", "is"),
            ("attacks", "attacking"),
            ("shot", "shots"),
            ("rose", "roses"),
            ("live", "lives"),
            ("bore", "bored"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
        for (a, b) in [
            ("say", "see"),
            ("fell", "felt"),
            ("come", "cave"),
            ("left", "lift"),
        ] {
            assert_ne!(stem(a), stem(b), "{a} {b}");
        }
    }

    /// No form has two bases, and a base is no form of another.
    #[test]
    fn the_list_is_a_list_of_forms() {
        let count: usize = FORMS.lines().map(|line| line.split(' ').count() - 1).sum();
        assert_eq!(IRREGULAR.len(), count);
        for line in FORMS.lines() {
            let (base, forms) = line.split_once(' ').unwrap();
            assert!(!IRREGULAR.contains_key(base), "{base}");
            assert!(forms.split(' ').all(|form| form != base), "{base}");
        }
    }
}

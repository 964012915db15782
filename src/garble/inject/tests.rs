use proptest::prelude::*;

use super::*;
use crate::corpus::{Corpus, Document};
use crate::garble::{GarbleTraining, algorithms};
use crate::params::Params;
use crate::registry::find;

const CLEAN: &str = "The café in Lima was closed on 12 May, and Ann Example has left.\nNobody in Quito’s streets would say why.\n";

fn undone(damaged: &Damaged) -> String {
    let damages = damaged.damages.iter();
    restored(
        &damaged.text,
        damages.map(|damage| (damage.span, damage.intended.as_str())),
    )
}

#[test]
fn every_operator_finds_a_place_and_says_where() {
    for &operator in Operator::ALL {
        let damaged = inject(CLEAN, operator, 5).unwrap();
        assert_ne!(damaged.text, CLEAN, "{}", operator.name());
        let span = damaged.damages[0].span;
        assert!(span.text(&damaged.text).is_some_and(|t| !t.is_empty()));
        assert_eq!(operator.curve(), format!("token/{}", operator.name()));
    }
    let one = |text: &str, operator, choice| {
        let damaged = inject(text, operator, choice).unwrap();
        let damage = damaged.damages[0].clone();
        (damaged.text, damage.span, damage.intended)
    };
    let expected = |text: &str, start, end, intended: &str| {
        (text.to_owned(), Span::new(start, end), intended.to_owned())
    };
    assert_eq!(
        one("One two.", Operator::Swap, 0),
        expected("two One.", 0, 7, "One two")
    );
    assert_eq!(
        one("He went home.", Operator::Drop, 0),
        expected("He home.", 0, 7, "He went home")
    );
    assert_eq!(
        one("He went home.", Operator::Repeat, 1),
        expected("He went went home.", 8, 12, "")
    );
    assert_eq!(
        one("He was not there.", Operator::Negate, 0),
        expected("He was there.", 3, 12, "was not there")
    );
    assert_eq!(
        one("He was there.", Operator::Negate, 0),
        expected("He was not there.", 7, 10, "")
    );
    assert_eq!(
        one("Over 30 men.", Operator::Number, 0),
        expected("Over 10 men.", 5, 7, "30")
    );
    assert_eq!(
        one("In Lima and Quito.", Operator::Name, 0),
        expected("In Quito and Quito.", 3, 8, "Lima")
    );
    assert_eq!(
        one("It’s.", Operator::Mojibake, 0),
        expected("Itâ€™s.", 2, 10, "’")
    );
    assert_eq!(
        one("The end.", Operator::Markup, 1),
        expected("img_captionThe end.", 0, 11, "")
    );
    assert_eq!(
        one("A.\nB.", Operator::Furniture, 5),
        expected("A.\nAdvertisement\nB.", 3, 16, "")
    );
    assert_eq!(inject("", Operator::Number, 0), None);
}

/// What the detectors of form are made for they find wherever it is put.
#[test]
fn detectors_find_what_is_injected() {
    let none = Corpus::default();
    let training = GarbleTraining {
        corpus: &none,
        garbles: &[],
    };
    for (operator, name) in [
        (Operator::Repeat, "repetition"),
        (Operator::Mojibake, "mojibake"),
        (Operator::Markup, "boilerplate"),
        (Operator::Furniture, "boilerplate"),
    ] {
        let (detector, _) = find(&algorithms(), "detector", name)
            .unwrap()
            .build(&Params::new())
            .unwrap();
        let model = detector.fit(&training).unwrap();
        for choice in 0..12 {
            let damaged = inject(CLEAN, operator, choice).unwrap();
            let span = damaged.damages[0].span;
            // A doubled name or number may be meant (`Duran Duran`), and `repetition` says that it leaves those alone.
            let doubled = &damaged.text[span.start..span.end];
            if name == "repetition"
                && doubled != "The"
                && doubled.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
            {
                continue;
            }
            let document = Document {
                id: "d".to_owned(),
                text: damaged.text,
            };
            let corpus = Corpus::new(vec![document]).unwrap();
            let found = model.detect(0, &corpus);
            assert!(
                found
                    .iter()
                    .any(|f| f.confidence >= 0.5 && f.span.overlaps(span)),
                "{name} misses {} {choice}: {:?}",
                operator.name(),
                corpus.documents[0].text
            );
        }
    }
}

#[test]
fn the_rate_is_kept_and_the_seed_decides() {
    let text = CLEAN.repeat(2000);
    let words = Page::new(&text).words() as f64;
    let damaged = damage(&text, Operator::ALL, 0.02, 1);
    let share = damaged.damages.len() as f64 / words;
    assert!((0.018..=0.0201).contains(&share), "{share}");
    assert_eq!(damaged, damage(&text, Operator::ALL, 0.02, 1));
    assert_ne!(damaged, damage(&text, Operator::ALL, 0.02, 2));
    for &operator in Operator::ALL {
        let of_operator = damaged.damages.iter().filter(|d| d.operator == operator);
        let count = of_operator.count() as f64;
        let expected = damaged.damages.len() as f64 / Operator::ALL.len() as f64;
        // Five standard deviations of a share of one ninth.
        assert!(
            (count - expected).abs() < 5.0 * expected.sqrt(),
            "{} {count} {expected}",
            operator.name()
        );
    }
    assert_eq!(damage(&text, Operator::ALL, 0.0, 1).damages, []);
    assert_eq!(damage(&text, &[], 0.5, 1).text, text);
    assert_eq!(damage("", Operator::ALL, 1.0, 1).text, "");
}

const TEXTS: &str = "([A-Z][a-z]{1,5} |[a-z]{1,5} |[0-9]{1,3} |’|é|was |not |, |\\. |\n){0,60}";

proptest! {
    /// Undoing one damage where it is said to stand gives the clean text back.
    #[test]
    fn one_damage_is_exact(choice in 0_u64..50, at in 0_usize..9, text in TEXTS) {
        if let Some(damaged) = inject(&text, Operator::ALL[at], choice) {
            prop_assert_ne!(&damaged.text, &text);
            prop_assert_eq!(undone(&damaged), text);
        }
    }

    /// However many damages there are, the spans are in order and apart, cover what changed and nothing else, and give the clean text
    /// back.
    #[test]
    fn many_damages_are_exact(seed in 0_u64..1000, rate in 0.0..1.0, text in TEXTS) {
        let damaged = damage(&text, Operator::ALL, rate, seed);
        let mut clean = text.as_str();
        let mut end = 0;
        for damage in &damaged.damages {
            prop_assert!(damage.span.start > end || end == 0);
            // Between the damages stands the clean text, byte for byte.
            let same = &damaged.text[end..damage.span.start];
            prop_assert!(clean.starts_with(same));
            clean = &clean[same.len()..];
            prop_assert!(clean.starts_with(&damage.intended));
            clean = &clean[damage.intended.len()..];
            end = damage.span.end;
            prop_assert!(damage.span.text(&damaged.text).is_some_and(|t| !t.is_empty() && t != damage.intended));
            if damage.intended.is_empty() && damaged.text[end..].starts_with([' ', '\n']) {
                end += 1;
            }
        }
        prop_assert_eq!(&damaged.text[end..], clean);
        prop_assert_eq!(undone(&damaged), text);
    }
}

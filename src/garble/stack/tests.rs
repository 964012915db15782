use proptest::prelude::*;

use super::*;
use crate::corpus::Document;
use crate::label::Garble;

fn corpus(texts: &[String]) -> Corpus {
    let document = |(index, text): (usize, &String)| Document {
        id: format!("d{index}"),
        text: text.clone(),
    };
    Corpus::new(texts.iter().enumerate().map(document).collect()).unwrap()
}

fn garble(document: usize, span: Span) -> Garble {
    Garble {
        document,
        span,
        category: "token".to_owned(),
        subtype: String::new(),
        severity: "minor".to_owned(),
        intended: String::new(),
        witness: String::new(),
        doubtful: false,
    }
}

fn only(members: &[&str]) -> Stack {
    Stack {
        members: members.iter().map(|&name| name.to_owned()).collect(),
        ..Stack::default()
    }
}

/// Where doubled words are labelled and words of mixed scripts are not, the first member is trusted and the second is not.
#[test]
fn it_learns_whom_to_trust() {
    let texts: Vec<String> = ["bridge", "ferry", "tower", "garden"]
        .iter()
        .map(|name| format!("The {name} was was closed to all on Monday. A st\u{430}tue stood on the {name}, and nobody saw who had put it there."))
        .collect();
    let labelled = corpus(&texts);
    let garbles: Vec<Garble> = texts
        .iter()
        .enumerate()
        .map(|(document, text)| {
            let at = text.find("was was").unwrap() + 4;
            garble(document, Span::new(at, at + 3))
        })
        .collect();
    let training = GarbleTraining {
        corpus: &labelled,
        garbles: &garbles,
    };
    let stack = only(&["repetition", "charset"]);
    let model = stack.fit(&training).unwrap();
    let text = "The library was was open. Another st\u{430}tue fell down the stairs of the house.";
    let found = model.detect(0, &corpus(&[text.to_owned()]));
    let flagged: Vec<&str> = found
        .iter()
        .filter(|flag| flag.confidence >= 0.5)
        .map(|flag| &text[flag.span.start..flag.span.end])
        .collect();
    assert_eq!(flagged, ["was"], "{found:?}");
}

#[test]
fn without_labels_nothing_is_flagged_and_bad_members_are_named() {
    let none = Corpus::default();
    let training = GarbleTraining {
        corpus: &none,
        garbles: &[],
    };
    let model = Stack::default().fit(&training).unwrap();
    assert_eq!(model.detect(0, &corpus(&["was was was".to_owned()])), []);
    let refused = |members: &[&str]| only(members).fit(&training).err().unwrap_or_default();
    assert!(refused(&["stack"]).contains("itself"));
    assert!(refused(&["c4", "c4"]).contains("twice"));
    assert!(refused(&["fineweb"]).contains("documents"));
    assert!(only(&["no-such"]).check().is_err() && only(&[]).check().is_err());
}

/// Near-duplicates are one cluster, and what is learnt for a document comes from the other clusters only.
#[test]
fn a_document_is_never_in_the_training_of_its_own_cluster() {
    let copy = "The old bridge over the river was closed on Tuesday after the flood damaged two of its pillars, engineers said. \
        Residents of the village must use the ferry until the bridge is open again in three months.";
    let other = "A report on the price of bread says that bakers in the north pay more for flour than they did a year ago, while \
        those in the south have found cheaper mills and sell more loaves than ever before.";
    let all = corpus(&[
        copy.to_owned(),
        other.to_owned(),
        format!("{copy} So it was."),
    ]);
    assert_eq!(clusters::clusters(&all), [vec![0, 2], vec![1]]);
    let garbles = [garble(1, Span::new(0, 1)), garble(2, Span::new(0, 3))];
    let training = GarbleTraining {
        corpus: &all,
        garbles: &garbles,
    };
    let (rest, labels) = clusters::without(&training, &[0, 2]);
    assert_eq!(
        (rest.len(), &rest.documents[0].text),
        (1, &all.documents[1].text)
    );
    assert_eq!((labels.len(), labels[0].document), (1, 0));
}

proptest! {
    /// A token's numbers are the highest confidence on it, and the mean of its neighbours', by the definition.
    #[test]
    fn numbers_follow_their_definition(flags in prop::collection::vec((0_usize..12, 1_usize..8, 0.0..1.0_f64, 0_usize..2), 0..8)) {
        let text = "aa bb cc dd ee ff";
        let mut signals = Signals::new(text, 2);
        let predicted = |&(start, length, confidence, _): &(usize, usize, f64, usize)| PredictedGarble {
            document: 0,
            span: Span::new(start, (start + length).min(text.len())),
            category: String::new(),
            confidence,
            suggestion: String::new(),
        };
        for flag in &flags {
            signals.hear(flag.3, &[predicted(flag)]);
        }
        let highest = |token: usize, member: usize| flags
            .iter()
            .filter(|flag| flag.3 == member && predicted(flag).span.overlaps(signals.tokens[token]))
            .map(|flag| flag.2)
            .fold(0.0, f64::max);
        for (token, numbers) in signals.numbers().enumerate() {
            for member in 0..2 {
                prop_assert!((numbers[member] - highest(token, member)).abs() < 1e-12);
                let around: Vec<usize> = (0..6).filter(|&other| other != token && other.abs_diff(token) <= 2).collect();
                let mean = around.iter().map(|&other| highest(other, member)).sum::<f64>() / around.len() as f64;
                prop_assert!((numbers[2 + member] - mean).abs() < 1e-12);
            }
        }
    }
}

/// Chances 3/4, 1/2 and 1/4 add up to 1.5. Flagging one: 2 * 0.75 / (1 + 1.5) = 0.6; two: 2 * 1.25 / 3.5 = 0.714; three: 2 * 1.5 / 4.5 =
/// 0.667. The cut lies at the second.
#[test]
fn the_cut_by_hand() {
    let learned = Logistic {
        constant: 0.0,
        weights: vec![1.0],
    };
    let rows = vec![vec![-3.0_f64.ln()], vec![3.0_f64.ln()], vec![0.0]];
    assert_eq!(cut(&learned, &rows), 0.0);
}

proptest! {
    /// No other cut has a better F1 to be expected: every sum tried by counting anew.
    #[test]
    fn the_cut_is_the_best_of_all(sums in prop::collection::vec((-20_i32..20).prop_map(|n| f64::from(n) / 4.0), 1..40)) {
        let learned = Logistic { constant: 0.0, weights: vec![1.0] };
        let rows: Vec<Vec<f64>> = sums.iter().map(|&sum| vec![sum]).collect();
        let expected = |from: f64| {
            let flagged: Vec<f64> = sums.iter().copied().filter(|&sum| sum >= from).map(sigmoid).collect();
            let all: f64 = sums.iter().copied().map(sigmoid).sum();
            2.0 * flagged.iter().sum::<f64>() / (flagged.len() as f64 + all)
        };
        let found = expected(cut(&learned, &rows));
        for &sum in &sums {
            prop_assert!(expected(sum) <= found + 1e-12, "{sum}");
        }
    }
}

use proptest::prelude::*;

use super::*;

fn flagged(text: &str) -> Vec<String> {
    let mut flags = Flags::new(0);
    Model::new(&Boilerplate::default())
        .unwrap()
        .read(text, &mut flags);
    flags
        .joined()
        .iter()
        .map(|flag| text[flag.span.start..flag.span.end].to_owned())
        .collect()
}

#[test]
fn furniture_of_an_invented_page_is_found_and_its_article_is_left_alone() {
    let page = "Home | News | Sport\n\n12,345 views\nPublished on 3 March 2019\nBy Ann Example and Bo Sample, Staff Writer\n\
        LIMA (Reuters) - The bridge was closed on Tuesday. Readers can share their views.\n\
        img_wideThe bridge at dawn. Photo: Cy Maker / AFP\n\
        A crane works. (AP Photo/Dee Maker)\n\
        Click here to see the map\nThe editor said she had followed us home.\n\
        (Reporting by Ann Example; Editing by Bo Sample)\nOriginally published as Bridge closed\nSubscribe to our newsletter";
    assert_eq!(
        flagged(page),
        [
            "Home | News | Sport",
            "12,345 views",
            "Published on 3 March 2019",
            "By Ann Example and Bo Sample, Staff Writer",
            "(Reuters) -",
            "img_wide",
            "Photo: Cy Maker / AFP",
            "(AP Photo/Dee Maker)",
            "Click here to see the map",
            "(Reporting by Ann Example; Editing by Bo Sample)",
            "Originally published as Bridge closed",
            "Subscribe to our newsletter"
        ]
    );
}

#[test]
fn prose_with_the_same_words_stays() {
    for prose in [
        "Reporting by several outlets suggests otherwise, she said.",
        "The image: a man on a horse.",
        "He joined our party in May.",
        "By nightfall the town was quiet.",
        "By Monday, Smith had left.",
        "The snake_case name is not glued.",
        "Watch the birds in spring.",
        "Tom & Jerry; x < y > z",
        "5 men came home",
        "The army (AP and AFP counted it twice in all of its reports) withdrew.",
    ] {
        assert_eq!(flagged(prose), [""; 0], "{prose}");
    }
}

#[test]
fn markup_is_found_where_it_stands() {
    assert_eq!(
        flagged("a&nbsp;b <br/> c [caption id=\"1\"]d[/caption] e"),
        ["&nbsp;", "<br/>", "[caption id=\"1\"]", "[/caption]"]
    );
}

#[test]
fn parameters_count() {
    let read = |parameters: &Boilerplate, text: &str| {
        let mut flags = Flags::new(0);
        Model::new(parameters).unwrap().read(text, &mut flags);
        flags.joined().len()
    };
    let quiet = Boilerplate {
        numbers: false,
        longest_line: 3,
    };
    assert_eq!(read(&Boilerplate::default(), "501"), 1);
    assert_eq!(read(&quiet, "501"), 0);
    assert_eq!(read(&quiet, "Some Daily. All rights reserved."), 0);
    assert!(
        Boilerplate {
            longest_line: 0,
            ..quiet
        }
        .check()
        .is_err()
    );
}

proptest! {
    /// Whatever the text: spans lie on character boundaries, in order, without overlap, and hold no line break at an end.
    #[test]
    fn spans_are_sound(text in "(Photo: |By |A|é|_|a|<|>|&|;|\\(|\\)|\\[|\\]|AP|Reporting by|\n| |\u{201d}|5|click here){0,40}") {
        let mut flags = Flags::new(0);
        Model::new(&Boilerplate::default()).unwrap().read(&text, &mut flags);
        let found = flags.joined();
        for pair in found.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start);
        }
        for flag in &found {
            let covered = flag.span.text(&text);
            prop_assert!(covered.is_some_and(|t| !t.starts_with('\n') && !t.ends_with('\n')));
        }
    }

    /// The automaton finds the same cues as a naive search.
    #[test]
    fn cues_are_those_of_a_naive_search(text in "(photo|Photo:|click|here|by|reporting| |x|subscribe|\n){0,20}") {
        let model = Model::new(&Boilerplate::default()).unwrap();
        let fast: Vec<(usize, usize)> = model.cues.find_iter(&text).map(|m| (m.start(), m.end())).collect();
        let lower = text.to_ascii_lowercase();
        let mut slow = Vec::new();
        let mut at = 0;
        while at < lower.len() {
            let longest = cues::CUES.iter().filter(|cue| lower[at..].starts_with(cue.0)).map(|cue| cue.0.len()).max();
            match longest {
                Some(length) => { slow.push((at, at + length)); at += length; }
                None => at += 1,
            }
        }
        prop_assert_eq!(fast, slow);
    }
}

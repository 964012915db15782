use std::fs;

use super::*;
use crate::corpus::Document;
use crate::error::Error;

fn corpus() -> Corpus {
    let document = |id: &str, text: &str| Document {
        id: id.to_owned(),
        text: text.to_owned(),
    };
    Corpus::new(vec![
        document(
            "000_x",
            "Title\n\nIran and Iranians – Iran “fell”. It rose.\n",
        ),
        document("001_y", "Iran fell. aaa"),
    ])
    .unwrap()
}

fn draft(files: &[(&str, &str)]) -> Result<Vec<(String, String)>> {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(dir.path().join(name), content).unwrap();
    }
    locate(dir.path(), &corpus(), &[])
}

const SEGMENTS: (&str, &str) = (
    "segments.csv",
    "document,line,occurrence,text,zone\n\
     001,1,,aaa,body\n\
     000,3,,Iran and [...] “fell”.,body\n\
     000,1,,Title,headline\n\
     000,3,,It rose.,body\n\
     001,1,,Iran fell.,body\n",
);

#[test]
fn quotes_become_offsets_ids_and_zones() {
    let files = draft(&[
        SEGMENTS,
        (
            "mentions.csv",
            "document,line,occurrence,text,entity_type,entity,nesting,garbled,lowercase,metonymic,doubtful\n\
             000,3,3,Iran,GPE,gpe:iran,outer,false,false,false,false\n\
             000,3,,Iran,GPE,gpe:iran,outer,false,false,false,true\n",
        ),
        (
            "copy_groups.csv",
            "group,document,line,occurrence,text,piece,doubtful\n\
             g1,001,1,,Iran fell.,,false\n\
             g1,000,3,,Iran [...] “fell”.,1,false\n",
        ),
        (
            "same_fact.csv",
            "document_a,line_a,text_a,document_b,line_b,text_b,note\n\
             000,3,It rose.,001,1,Iran fell.,x\n",
        ),
        (
            "garbles.csv",
            "document,line,occurrence,text,category,subtype,severity,intended,witness,doubtful\n\
             000,3,,fell,lexical,,minor,rose,\"001@1 \"\"Iran fell\"\"\",false\n\
             001,1,2,aa,token,stray,minor,,000@1,false\n",
        ),
        (
            "document_pairs.csv",
            "document_a,document_b,relation,redundant,note\n000,001,same-event,none,\n",
        ),
    ])
    .unwrap();
    let file = |name: &str| &files.iter().find(|(file, _)| file == name).unwrap().1;
    assert_eq!(
        file("segments.csv"),
        "document,segment,start,end,zone,text\n\
         000_x,s001,0,5,headline,Title\n\
         000_x,s002,7,45,body,Iran and Iranians – Iran “fell”.\n\
         000_x,s003,46,54,body,It rose.\n\
         001_y,s001,0,10,body,Iran fell.\n\
         001_y,s002,11,14,body,aaa\n"
    );
    assert_eq!(
        file("mentions.csv"),
        "document,start,end,text,entity_type,entity,nesting,zone,garbled,lowercase,metonymic,doubtful\n\
         000_x,7,11,Iran,GPE,gpe:iran,outer,body,false,false,false,true\n\
         000_x,29,33,Iran,GPE,gpe:iran,outer,body,false,false,false,false\n"
    );
    assert_eq!(
        file("copy_groups.csv"),
        "group,document,segment,piece,start,end,text,doubtful\n\
         g1,000_x,s002,1,7,45,Iran and Iranians – Iran “fell”.,false\n\
         g1,001_y,s001,,0,10,Iran fell.,false\n"
    );
    assert_eq!(
        file("same_fact.csv"),
        "document_a,segment_a,document_b,segment_b,note\n000_x,s003,001_y,s001,x\n"
    );
    assert_eq!(
        file("garbles.csv"),
        "document,start,end,text,category,subtype,severity,intended,witness,doubtful\n\
         000_x,37,41,fell,lexical,,minor,rose,001_y:s001,false\n\
         001_y,12,14,aa,token,stray,minor,,000_x:s001,false\n"
    );
    assert!(file("document_pairs.csv").contains("000_x,001_y,same-event,none,"));
}

#[test]
fn every_row_that_does_not_locate_is_named() {
    let error = draft(&[
        SEGMENTS,
        (
            "mentions.csv",
            "document,line,occurrence,text,entity_type\n\
             00,3,,Iran,GPE\n\
             000,1,,Iran,GPE\n\
             000,3,4,Iran,GPE\n\
             000,x,,Iran,GPE\n\
             000,9,,Iran,GPE\n\
             000,3,,Iran [...] sank,GPE\n",
        ),
        (
            "boilerplate_groups.csv",
            "group,document,line,occurrence,text\nb1,000,3,,Iran and\n",
        ),
        (
            "garbles.csv",
            "document,line,text,category,severity,witness\n\
             001,1,aaa,token,minor,\"000@3 \"\"no such words\"\"\"\n",
        ),
    ])
    .unwrap_err();
    let Error::Invalid(faults) = error else {
        panic!("{error}")
    };
    let found: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let found = found.join("\n");
    for problem in [
        "mentions.csv:2: `00` names no document, or more than one",
        "mentions.csv:3: not on line 1 (occurrence 1): `Iran`",
        "it stands on line 3",
        "mentions.csv:4: not on line 3 (occurrence 4)",
        "mentions.csv:5: `line` is `x`",
        "mentions.csv:6: there is no line 9",
        "mentions.csv:7: the part after [...] is not on line 3",
        "boilerplate_groups.csv:2: `Iran and` covers no segment exactly; it touches s002",
        "garbles.csv:2: witness `000@3 \"no such words\"`: no segment of line 3 holds the quote",
    ] {
        assert!(found.contains(problem), "{problem} not in:\n{found}");
    }
}

proptest::proptest! {
    /// Locating a quote by its line and its occurrence gives back exactly the span that was quoted.
    #[test]
    fn a_quote_with_its_occurrence_finds_its_own_span(text in "[ab–]{1,9}(\n[ab–]{0,9}){0,3}", a in 0usize..40, b in 0usize..40) {
        let marks: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (a, b) = (marks[a % marks.len()], marks[b % marks.len()]);
        let span = Span::new(a.min(b), a.max(b));
        // A quote ends with its line.
        let quote = text[span.start..span.end].split('\n').next().unwrap();
        let span = Span::new(span.start, span.start + quote.len());
        proptest::prop_assume!(!quote.is_empty());
        let line = 1 + text[..span.start].matches('\n').count();
        let whole = line_span(&text, line).unwrap();
        let occurrence = 1 + marks
            .iter()
            .filter(|&&at| at >= whole.start && at < span.start && text[at..].starts_with(quote))
            .count();
        proptest::prop_assert_eq!(find(&text, line, quote, occurrence), Ok(span));
    }
}

//! A new dataset to fill in: one example article with one draft label per layer, which locate, load and lint without a fault.

use std::fs;
use std::path::Path;

use crate::corpus::{Corpus, Document};
use crate::error::{Error, Result};
use crate::gold::manifest::{Manifest, Vocabulary};
use crate::gold::write::write_file;

const ARTICLE: &str =
    "Example headline\n\nReplace this article with your own texts, said Ada Lovelace in London.\n";

const DRAFTS: [(&str, &str); 8] = [
    (
        "segments.csv",
        "document,line,occurrence,text,zone\n\
         example,1,,Example headline,headline\n\
         example,3,,Replace this [...] in London.,body\n",
    ),
    (
        "mentions.csv",
        "document,line,occurrence,text,entity_type,entity,nesting,garbled,lowercase,metonymic,doubtful\n\
         example,3,,Ada Lovelace,PER,per:ada-lovelace,outer,false,false,false,false\n\
         example,3,,London,GPE,gpe:london,outer,false,false,false,false\n",
    ),
    (
        "entities.csv",
        "entity,entity_type,canonical,derived_from,note\n\
         per:ada-lovelace,PER,Ada Lovelace,,\n\
         gpe:london,GPE,London,,\n",
    ),
    (
        "garbles.csv",
        "document,line,occurrence,text,category,subtype,severity,intended,witness,doubtful\n",
    ),
    (
        "copy_groups.csv",
        "group,document,line,occurrence,text,piece,doubtful\n",
    ),
    (
        "boilerplate_groups.csv",
        "group,document,line,occurrence,text\n",
    ),
    (
        "document_pairs.csv",
        "document_a,document_b,relation,redundant,note\n",
    ),
    (
        "same_fact.csv",
        "document_a,line_a,text_a,document_b,line_b,text_b,note\n",
    ),
];

const README: &str = "\
# A karat dataset

1. Put one `.txt` file per document into `articles/` (the name without `.txt` is its id) and remove the example.
2. In `dataset.toml` name the dataset, give each document its story (documents about one event are one story), and choose
   your own words for types, zones, categories and severities. Remove `[articles]`, or run `b3sum` for the digests.
3. Write labels into `draft/*.csv`: quote the text, give the line of the article (from 1), and the occurrence on that line when the
   quoted string stands there more than once. Long texts may be written `first words [...] last words`. Remove the layers
   that you do not want: every layer is optional.
4. `karat gold locate draft --gold . --out .` turns quotes into offsets and checks everything.
5. `karat gold lint .` finds what is inconsistent, `karat gold stats .` says what so many labels can show.
6. A second person labels without seeing the first pass: `karat gold locate draft-b --gold . --out passes/b`, then
   `karat gold agree . passes/b --gold .`.
7. `karat run --gold .` measures every algorithm on it.

Where only some pairs or items are judged, say so in `dataset.toml`, for example `[judged]` with `document_pairs = \"listed\"`:
then what is not listed is ignored instead of counted as negative.
";

/// Writes the skeleton into a new or empty folder.
///
/// # Errors
/// A folder that is not empty; the operating system's refusals.
pub fn write_skeleton(dir: &Path) -> Result<()> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::invalid(
            dir.display(),
            "the folder is not empty",
            "name a new folder",
        ));
    }
    for folder in ["articles", "draft"] {
        let folder = dir.join(folder);
        fs::create_dir_all(&folder).map_err(|error| Error::io("writing", &folder, error))?;
    }
    let name = dir.file_name().map_or_else(
        || "dataset".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let mut manifest = Manifest {
        name,
        language: "en".to_owned(),
        guidelines: 1,
        vocabulary: Vocabulary::guidelines(),
        stories: [("example".to_owned(), "story-1".to_owned())].into(),
        ..Manifest::default()
    };
    let corpus = Corpus::new(vec![Document {
        id: "example".to_owned(),
        text: ARTICLE.to_owned(),
    }])?;
    manifest.seal(&corpus);
    write_file(&dir.join("dataset.toml"), &manifest.to_toml()?)?;
    write_file(&dir.join("README.md"), README)?;
    write_file(&dir.join("articles/example.txt"), ARTICLE)?;
    for (file, content) in DRAFTS {
        write_file(&dir.join("draft").join(file), content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gold::locate::locate;

    #[test]
    fn the_skeleton_locates_loads_and_lints_clean() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("mine");
        write_skeleton(&dir).unwrap();
        let corpus = crate::gold::load(&dir).unwrap().corpus;
        for (name, content) in locate(&dir.join("draft"), &corpus, &[]).unwrap() {
            write_file(&dir.join(name), &content).unwrap();
        }
        let gold = crate::gold::load(&dir).unwrap();
        assert_eq!(gold.dataset, "mine");
        assert_eq!(gold.mentions.unwrap().len(), 2);
        assert_eq!(crate::gold::lint::lint(&dir).unwrap(), []);
        assert!(write_skeleton(&dir).is_err());
    }
}
